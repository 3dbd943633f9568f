"""The clients' own SDKs, each asked the same way: what it hears are pieces of text, and calls of tools."""

import json

import anthropic
import boto3
import botocore.config
import cohere
import ollama
import openai
from google import genai


def heard(pieces, said=None):
    """What was said, and the calls that were made. The list has the text even where the stream breaks off."""
    said, calls = [] if said is None else said, {}
    for piece in pieces:
        if isinstance(piece, str):
            said.append(piece)
        elif piece is not None:
            number, tool, arguments = piece
            call = calls.setdefault(number, ["", ""])
            call[0] += tool or ""
            call[1] += arguments or ""
    return "".join(said), [(tool, json.loads(arguments)) for tool, arguments in calls.values()]


def chat_client(url):
    return openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)


def user(text):
    return {"role": "user", "content": text}


def chat(url, text, stream=True):
    answer = chat_client(url).chat.completions.create(model="m-1", messages=[user(text)], stream=stream)
    if not stream:
        yield answer.choices[0].message.content
        return
    for chunk in answer:
        delta = chunk.choices[0].delta
        yield delta.content
        for call in delta.tool_calls or []:
            yield call.index, call.function.name, call.function.arguments


def responses(url, text, stream=True):
    client = chat_client(url).responses
    if not stream:
        yield client.create(model="m-1", input=text).output_text
        return
    with client.stream(model="m-1", input=text) as events:
        said = []
        for event in events:
            if event.type == "response.output_text.delta":
                said.append(event.delta)
                yield event.delta
        final = events.get_final_response()
    assert final.output_text == "".join(said), f"{final.output_text!r} is not what came in pieces, {said}"
    for number, item in enumerate(final.output):
        if item.type == "function_call":
            yield number, item.name, item.arguments


def messages(url, text, stream=True):
    client = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0).messages
    ask = {"model": "m-1", "max_tokens": 9, "messages": [user(text)]}
    if not stream:
        yield client.create(**ask).content[0].text
        return
    with client.stream(**ask) as events:
        yield from events.text_stream
        final = events.get_final_message()
    for number, block in enumerate(final.content):
        if block.type == "tool_use":
            yield number, block.name, json.dumps(block.input)


def gemini(url, text, stream=True):
    client = genai.Client(api_key="none", http_options={"base_url": url, "api_version": "v1beta"})
    ask = client.models.generate_content_stream if stream else client.models.generate_content
    answer = ask(model="m-1", contents=text)
    for chunk in answer if stream else [answer]:
        for number, part in enumerate(chunk.candidates[0].content.parts or []):
            yield part.text
            if part.function_call:
                yield number, part.function_call.name, json.dumps(part.function_call.args)


def ollama_chat(url, text, stream=True):
    answer = ollama.Client(host=url).chat(model="m-1", messages=[user(text)], stream=stream)
    for part in answer if stream else [answer]:
        yield part.message.content
        for number, call in enumerate(part.message.tool_calls or []):
            yield number, call.function.name, json.dumps(dict(call.function.arguments))


def cohere_chat(url, text, stream=True):
    client = cohere.ClientV2(api_key="none", base_url=url, log_warning_experimental_features=False)
    if not stream:
        yield client.chat(model="m-1", messages=[user(text)]).message.content[0].text
        return
    for event in client.chat_stream(model="m-1", messages=[user(text)]):
        if event.type == "content-delta":
            yield event.delta.message.content.text
        elif event.type in ("tool-call-start", "tool-call-delta"):
            function = event.delta.message.tool_calls.function
            yield event.index, getattr(function, "name", None), function.arguments
        elif event.type == "message-end" and event.delta.finish_reason == "ERROR":
            raise RuntimeError(event.delta.error)


def cohere_old_chat(url, text, stream=True):
    client = cohere.Client(api_key="none", base_url=url, log_warning_experimental_features=False)
    if not stream:
        yield client.chat(model="m-1", message=text).text
        return
    said = []
    for event in client.chat_stream(model="m-1", message=text):
        if event.event_type == "text-generation":
            said.append(event.text)
            yield event.text
        elif event.event_type == "tool-calls-generation":
            for number, call in enumerate(event.tool_calls):
                yield number, call.name, json.dumps(call.parameters)
        elif event.event_type == "stream-end":
            if event.finish_reason == "ERROR":
                raise RuntimeError(event.error)
            assert event.response.text == "".join(said), f"{event.response.text!r} is not what came in pieces, {said}"


def bedrock(url):
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    return boto3.client("bedrock-runtime", endpoint_url=url, region_name="us-east-1", config=config,
                        aws_access_key_id="none", aws_secret_access_key="none")


def converse(url, text, stream=True):
    ask = {"modelId": "m-1", "messages": [{"role": "user", "content": [{"text": text}]}]}
    if not stream:
        yield bedrock(url).converse(**ask)["output"]["message"]["content"][0]["text"]
        return
    for event in bedrock(url).converse_stream(**ask)["stream"]:
        if "contentBlockStart" in event:
            start = event["contentBlockStart"]
            yield start["contentBlockIndex"], start["start"]["toolUse"]["name"], ""
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"]["delta"]
            yield delta.get("text")
            if "toolUse" in delta:
                yield event["contentBlockDelta"]["contentBlockIndex"], "", delta["toolUse"]["input"]


def invoke(url, text, stream=True):
    ask = {"modelId": "m-1", "body": json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [user(text)]})}
    if not stream:
        yield json.loads(bedrock(url).invoke_model(**ask)["body"].read())["content"][0]["text"]
        return
    for event in bedrock(url).invoke_model_with_response_stream(**ask)["body"]:
        item = json.loads(event["chunk"]["bytes"])
        if item["type"] == "content_block_start" and item["content_block"]["type"] == "tool_use":
            yield item["index"], item["content_block"]["name"], ""
        elif item["type"] == "content_block_delta":
            yield item["delta"].get("text")
            if "partial_json" in item["delta"]:
                yield item["index"], "", item["delta"]["partial_json"]


#: Each with the error it raises for an answer of 403.
CLIENTS = {
    "openai chat": (chat, openai.PermissionDeniedError),
    "openai responses": (responses, openai.PermissionDeniedError),
    "anthropic": (messages, anthropic.PermissionDeniedError),
    "google-genai": (gemini, genai.errors.ClientError),
    "ollama": (ollama_chat, ollama.ResponseError),
    "cohere": (cohere_chat, cohere.ForbiddenError),
    "cohere, version 1": (cohere_old_chat, cohere.ForbiddenError),
    "boto3 converse": (converse, botocore.exceptions.ClientError),
    "boto3 invoke": (invoke, botocore.exceptions.ClientError),
}
#: Where a stream has no place for a note in a call's stead.
WITHOUT_NOTES = {"cohere", "cohere, version 1", "boto3 converse", "boto3 invoke"}
