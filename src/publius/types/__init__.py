"""The nouns of Publius: what one room hands to the next.

Every type is an immutable `msgspec.Struct`; none has behaviour beyond reading itself.
Offsets (`start`, `end`) count Unicode code points in the stored text of one revision; `end` is
exclusive, so `text[start:end]` is the span.
"""

from publius.types.answer import Answer, Checked, Citation, Claim, Reason, Receipt
from publius.types.draft import Choice, Delta, Draft, FinishReason, TokenLogprob, Usage
from publius.types.evidence import Evidence, Passage, Reply, ReplyKind, ToolResult
from publius.types.people import HIGHEST, Agency, Door, Labels, Permission, Principal, Role
from publius.types.question import Form, Grant, Message, Model, Question, Sampling, Share, Tool, ToolCall
from publius.types.walk import Stay, Walked

__all__ = [
    "HIGHEST",
    "Agency",
    "Answer",
    "Checked",
    "Choice",
    "Citation",
    "Claim",
    "Delta",
    "Door",
    "Draft",
    "Evidence",
    "FinishReason",
    "Form",
    "Grant",
    "Labels",
    "Message",
    "Model",
    "Passage",
    "Permission",
    "Principal",
    "Question",
    "Reason",
    "Receipt",
    "Reply",
    "ReplyKind",
    "Role",
    "Sampling",
    "Share",
    "Stay",
    "TokenLogprob",
    "Tool",
    "ToolCall",
    "ToolResult",
    "Usage",
    "Walked",
]
