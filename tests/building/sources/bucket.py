"""An S3-compatible server for tests, run in the environment that moto has. It says where it is in one line of JSON.

Each further line changes what it holds: ["put", KEY, TEXT], ["many", COUNT], ["delete", KEY] or ["empty"].
"""

import json
import logging
import os
import sys

os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "1000000000"
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    os.environ[name] = "administration"
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

import boto3  # noqa: E402
from moto import settings  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server.start()
address = "http://{}:{}".format(*server.get_host_and_port())
iam, s3 = (boto3.client(name, endpoint_url=address) for name in ("iam", "s3"))
s3.create_bucket(Bucket="rules")
s3.create_bucket(Bucket="closed")
iam.create_user(UserName="reader")
may = [{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["*"]},
       {"Effect": "Deny", "Action": "s3:*", "Resource": ["arn:aws:s3:::closed", "arn:aws:s3:::closed/*"]}]  # fmt: skip
policy = json.dumps({"Version": "2012-10-17", "Statement": may})
iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
made = iam.create_access_key(UserName="reader")["AccessKey"]
print(json.dumps({"address": address, "key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}), flush=True)


def change(act, *words):
    # What is changed here is not asked for with a key that the server knows.
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 10**9
    match act:
        case "put":
            s3.put_object(Bucket="rules", Key=words[0], Body=words[1].encode())
        case "many":
            for number in range(int(words[0])):
                s3.put_object(Bucket="rules", Key=f"laws/{number:04}.png", Body=b"no picture")
        case "delete":
            s3.delete_object(Bucket="rules", Key=words[0])
        case "empty":
            boto3.resource("s3", endpoint_url=address).Bucket("rules").objects.all().delete()
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0


for line in sys.stdin:
    change(*json.loads(line))
    print("done", flush=True)
