use super::*;
use crate::outbound::fake::Reply;
use ringbuch_domain::ports::{AgentSetUp, Engine};

#[tokio::test]
async fn a_prompt_is_read_where_its_engine_keeps_it() {
    let llm = |version| Engine::Llm { id: "llm_1".into(), version };
    let flow = Engine::Flow { id: "flow_1".into(), version: Some(2) };
    let cannot = || Err(unavailable("the prompt cannot be read"));
    let table = [
        (llm(Some(2)), r#"{"general_prompt":"Du bist der Empfang."}"#, Ok("Du bist der Empfang.")),
        (llm(None), r#"{"general_prompt":null,"global_prompt":"nein"}"#, Ok("")),
        (llm(None), "{}", Ok("")),
        (llm(None), r#"{"general_prompt":7}"#, cannot()),
        (llm(None), "[]", cannot()),
        (flow, r#"{"global_prompt":"Du führst durch den Tag."}"#, Ok("Du führst durch den Tag.")),
    ];
    for (engine, body, prompt) in table {
        let s = setting().await;
        s.fake.next(Reply::json(200, body));
        assert_eq!(s.retell.prompt(&account(), &engine).await, prompt.map(str::to_owned), "{body}");
        let target = match engine {
            Engine::Llm { version: None, .. } => "/get-retell-llm/llm_1",
            Engine::Llm { .. } => "/get-retell-llm/llm_1?version=2",
            _ => "/get-conversation-flow/flow_1?version=2",
        };
        assert_eq!(s.fake.only_request().target, target);
    }
}

#[tokio::test]
async fn nothing_but_the_prompt_is_written() {
    let table = [
        (Engine::Llm { id: "llm_1".into(), version: Some(2) }, "/update-retell-llm/llm_1?version=2", "general_prompt"),
        (Engine::Flow { id: "flow_1".into(), version: None }, "/update-conversation-flow/flow_1", "global_prompt"),
    ];
    for (engine, target, field) in table {
        let s = setting().await;
        s.fake.next(Reply::json(200, "{}"));
        s.retell.put_prompt(&account(), &engine, "Guten Tag").await.unwrap();
        let asked = s.fake.only_request();
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("PATCH", target));
        assert_eq!(asked.json(), serde_json::json!({field: "Guten Tag"}));
    }
}
