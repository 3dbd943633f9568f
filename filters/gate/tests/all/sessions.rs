//! Ids are read out of what each program sends, wherever the stream is cut.

use proptest::prelude::*;
use tamis::session::Observer;

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UUID: &str = "0199a213-81c0-7800-8aa1-bbab2a035a53";

/// What is known at the mark `@@`, or at the end.
fn seen(text: &str) -> String {
    let text = text.replace("TRACE", TRACE).replace("UUID", UUID);
    let text = text.split("@@").next().unwrap_or_default();
    let mut whole = Observer::default();
    whole.push(text.as_bytes());
    let sighting = whole.sighting();
    let mut bytes = Observer::default();
    text.as_bytes().chunks(1).for_each(|byte| bytes.push(byte));
    assert_eq!(bytes.sighting(), sighting, "one byte at a time: {text}");
    let ids = serde_json::to_value(&sighting.ids).unwrap();
    let mut parts: Vec<String> = ids.as_object().unwrap().iter().map(|(key, id)| format!("{key}={}", id.as_str().unwrap())).collect();
    parts.extend(sighting.tool.map(|tool| format!("tool={tool}")));
    parts.extend(sighting.model.map(|model| format!("model={model}")));
    parts.extend(sighting.surface.map(|surface| format!("on={}", surface.as_str())));
    parts.sort();
    parts.join(" ")
}

#[test]
fn hooks_of_each_program() {
    for (payload, known) in [
        (
            r#"{"session_id":"s","transcript_path":"/t.jsonl","cwd":"/w","prompt_id":"p","agent_id":"a","agent_type":"Explore","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls","session_id":"no"},"tool_use_id":"toolu_1"}"#,
            "agent=a on=tool-input session=s source=claude-code tool=Bash tool_call=toolu_1 turn=p",
        ),
        (
            r#"{"session_id":"s","hook_event_name":"PostToolUse","tool_name":"mcp__db__query","tool_response":{"tool_use_id":"no"},"tool_use_id":"toolu_2"}"#,
            "on=tool-output session=s source=claude-code tool=mcp__db__query tool_call=toolu_2",
        ),
        (
            r#"{"session_id":"s","hook_event_name":"UserPromptSubmit","prompt":"\"session_id\":\"no\""}"#,
            "on=message session=s source=claude-code",
        ),
        (
            r#"{"session_id":"s","turn_id":"t","transcript_path":null,"hook_event_name":"PreToolUse","model":"gpt-5","tool_name":"Bash","tool_input":{},"tool_use_id":"call_1"}"#,
            "model=gpt-5 on=tool-input session=s source=codex tool=Bash tool_call=call_1 turn=t",
        ),
        (
            r#"{"session_id":"s","transcript_path":"/t","hook_event_name":"AfterTool","timestamp":"2026-05-01T00:00:00Z","tool_name":"run_shell_command","tool_response":{"llmContent":"x"}}"#,
            "on=tool-output session=s source=gemini tool=run_shell_command",
        ),
        (
            r#"{"session_id":"s","hook_event_name":"BeforeModel","timestamp":"2026-05-01T00:00:00Z","llm_request":{"model":"gemini-3-pro","messages":[]}}"#,
            "model=gemini-3-pro on=message session=s source=gemini",
        ),
        (
            r#"{"conversation_id":"c","generation_id":"g","model":"auto","hook_event_name":"beforeShellExecution","cursor_version":"2.4","workspace_roots":["/w"],"user_email":"a@b.c","command":"ls"}"#,
            "model=auto on=tool-input session=c source=cursor turn=g",
        ),
        (
            r#"{"sessionId":"s","timestamp":1764000000,"cwd":"/w","toolName":"bash","toolArgs":{"command":"ls"}}"#,
            "on=tool-input session=s source=copilot tool=bash",
        ),
        (
            r#"{"sessionId":"s","timestamp":1764000000,"toolName":"bash","toolResult":{"resultType":"success","textResultForLlm":"x"}}"#,
            "on=tool-output session=s source=copilot tool=bash",
        ),
        (
            r#"{"sessionId":"s","timestamp":1764000000,"toolCallId":"c1","serverName":"db","toolName":"query","arguments":{}}"#,
            "on=tool-input session=s source=copilot tool=query tool_call=c1",
        ),
    ] {
        assert_eq!(seen(payload), known, "{payload}");
        let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(payload).unwrap()).unwrap();
        assert_eq!(seen(&pretty), known, "{pretty}");
    }
}

#[test]
fn messages_of_mcp_old_and_new() {
    for (message, known) in [
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"query","arguments":{"name":"no"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","traceparent":"TRACE"}}}"#,
            "on=tool-input source=mcp span=00f067aa0ba902b7 tool=query tool_call=7 trace=4bf92f3577b34da6a3ce929d0e0e4736",
        ),
        (
            r#"{"jsonrpc":"2.0","id":"r-1","method":"tools/call","params":{"name":"query","arguments":{},"_meta":{"claudecode/toolUseId":"toolu_3","progressToken":2}}}"#,
            "on=tool-input source=mcp tool=query tool_call=toolu_3",
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"x"}],"isError":false}}"#,
            "on=tool-output source=mcp tool_call=7",
        ),
        (r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}"#, "on=log source=mcp"),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, "source=mcp tool_call=1"),
        (
            r#"{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"q","_meta":{"x-codex-turn-metadata":"{\"session_id\":\"s\",\"turn_id\":\"t\"}"}}}"#,
            "on=tool-input session=s source=mcp tool=q tool_call=8 turn=t",
        ),
    ] {
        assert_eq!(seen(message), known, "{message}");
    }
}

#[test]
fn requests_to_models() {
    for (request, known) in [
        (
            r#"{"model":"claude-opus","metadata":{"user_id":"user_0a_account_0b_session_UUID"},"system":"x","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"@@"#,
            "model=claude-opus on=tool-output session=UUID source=claude-code",
        ),
        (
            r#"{"model":"claude-opus","metadata":{"user_id":"{\"device_id\":\"d\",\"account_uuid\":\"\",\"session_id\":\"UUID\"}"},"messages":[{"role":"user","content":"@@"#,
            "model=claude-opus on=message session=UUID source=claude-code",
        ),
        (
            r#"{"metadata":{"user_id":"a customer"},"messages":[{"role":"system","content":"x"},{"role":"tool","content":"@@"#,
            "on=tool-output",
        ),
        (
            r#"{"model":"gpt-5","prompt_cache_key":"UUID","input":[{"type":"message","role":"user"},{"type":"function_call_output","output":"@@"#,
            "model=gpt-5 on=tool-output session=UUID source=codex",
        ),
        (
            r#"{"model":"gpt-5","prompt_cache_key":"UUID","client_metadata":{"session_id":"s","thread_id":"t","x-codex-parent-thread-id":"p"}}"#,
            "agent=t model=gpt-5 parent_agent=p session=s source=codex",
        ),
        (r#"{"model":"gpt-5","prompt_cache_key":"my-cache","messages":[{"role":"user","content":"@@"#, "model=gpt-5 on=message"),
    ] {
        assert_eq!(seen(request), known.replace("UUID", UUID), "{request}");
    }
}

#[test]
fn transcripts_line_by_line() {
    let claude = concat!(
        r#"{"type":"summary","summary":"x","leafUuid":"l"}"#,
        "\n",
        r#"{"parentUuid":null,"isSidechain":false,"userType":"external","cwd":"/w","sessionId":"s","version":"2.1","type":"user","message":{"role":"user","content":"go"},"uuid":"u1"}"#,
        "\n",
        r#"{"parentUuid":"u1","isSidechain":true,"sessionId":"s","agentId":"a1","type":"assistant","message":{"role":"assistant","model":"claude-opus","id":"msg_1","content":[{"type":"text","text":"@1"},{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"@2"}}]},"uuid":"u2"}"#,
        "\n",
        r#"{"parentUuid":"u2","isSidechain":true,"sessionId":"s","agentId":"a1","type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_1","type":"tool_result","content":"@3"}]},"uuid":"u3"}"#,
        "\n",
        r#"{"sessionId":"s2","type":"user","uuid":"u4","message":{"role":"user","content":"@4"}}"#,
        "\n",
    );
    let codex = concat!(
        r#"{"timestamp":"t","type":"session_meta","payload":{"id":"c1","cwd":"/w","originator":"codex_cli_rs"}}"#,
        "\n",
        r#"{"timestamp":"t","type":"turn_context","payload":{"turn_id":"t1","cwd":"/w","model":"gpt-5"}}"#,
        "\n",
        r#"{"timestamp":"t","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"@1"}]}}"#,
        "\n",
        r#"{"timestamp":"t","type":"response_item","payload":{"type":"function_call","name":"shell","call_id":"call_1","arguments":"@2"}}"#,
        "\n",
        r#"{"timestamp":"t","type":"response_item","payload":{"type":"function_call_output","call_id":"call_1","output":"@3"}}"#,
        "\n",
        r#"{"timestamp":"t","type":"response_item","payload":{"type":"reasoning","summary":[{"text":"@4"}]}}"#,
        "\n",
    );
    let exec = concat!(
        r#"{"type":"thread.started","thread_id":"th"}"#,
        "\n",
        r#"{"type":"turn.started"}"#,
        "\n",
        r#"{"type":"item.completed","item":{"id":"item_0","type":"command_execution","aggregated_output":"@1"}}"#,
        "\n",
    );
    let bash = "agent=a1 on=tool-input session=s source=claude-code tool=Bash tool_call=toolu_1";
    for (transcript, mark, known) in [
        (claude, "@1", "agent=a1 on=response session=s source=claude-code"),
        (claude, "@2", bash),
        (claude, "@3", "agent=a1 on=tool-output session=s source=claude-code tool=Bash tool_call=toolu_1"),
        (claude, "@4", "on=message session=s2 source=claude-code"),
        (codex, "@1", "on=message session=c1 source=codex turn=t1"),
        (codex, "@2", "on=tool-input session=c1 source=codex tool=shell tool_call=call_1 turn=t1"),
        (codex, "@3", "on=tool-output session=c1 source=codex tool=shell tool_call=call_1 turn=t1"),
        (codex, "@4", "on=reasoning session=c1 source=codex turn=t1"),
        (exec, "@1", "session=th source=codex tool_call=item_0"),
    ] {
        assert_eq!(seen(&transcript.replace(mark, "@@")), known, "{mark}");
    }
    // A line that was cut does not spoil the next one.
    let cut = claude.split_once(r#""version""#).unwrap().0;
    assert_eq!(
        seen(&format!("{cut}\n{codex}").replace("@2", "@@")),
        "on=tool-input session=c1 source=codex tool=shell tool_call=call_1 turn=t1"
    );
}

#[test]
fn an_answer_has_the_tool_of_its_call() {
    let call = |id: usize, tool: &str| {
        format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"{tool}\"}}}}\n")
    };
    let answer = |id: usize| format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"content\":[{{\"type\":\"text\",\"text\":\"@@");
    let calls: String = (0..17).map(|id| call(id, &format!("tool-{id}"))).collect();
    for (id, known) in [
        (16, "on=tool-output source=mcp tool=tool-16 tool_call=16"),
        (1, "on=tool-output source=mcp tool=tool-1 tool_call=1"),
        // Too long ago.
        (0, "on=tool-output source=mcp tool_call=0"),
        (17, "on=tool-output source=mcp tool_call=17"),
    ] {
        assert_eq!(seen(&format!("{calls}{}", answer(id))), known);
    }
    // An id may be used again.
    assert_eq!(seen(&format!("{calls}{}{}", call(3, "new"), answer(3))), "on=tool-output source=mcp tool=new tool_call=3");
}

#[test]
fn an_id_that_could_do_harm_is_hashed() {
    let known = seen(r#"{"session_id":"a\u001b[2Jb","hook_event_name":"SessionStart"}"#);
    assert!(known.contains("session=sha256-") && !known.contains('\u{1b}'), "{known}");
}

proptest! {
    #[test]
    fn cuts_do_not_matter(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{\"session_id\":\"s", "\"", "{", "}", "[", "]", ",", ":", "\n", "\\", "\"hook_event_name\":\"PreToolUse\"", "\"sessionId\":\"t\"",
            "\"message\":{\"role\":\"user\"", "\"jsonrpc\":\"2.0\",\"id\":", "12", " ", "data: ", "\"params\":", "\"_meta\":", "x",
        ]), 0..24),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = parts.concat().into_bytes();
        let mut whole = Observer::default();
        whole.push(&text);
        let cut = cut.index(text.len() + 1);
        let mut halves = Observer::default();
        halves.push(&text[..cut]);
        halves.push(&text[cut..]);
        prop_assert_eq!(halves.sighting(), whole.sighting());
    }
}
