//! What the suite expects to find.

use rmcp::model::{
    CallToolResult, ContentBlock, JsonObject, Prompt, PromptArgument, PromptMessage, Resource, ResourceContents, Role,
    Tool,
};
use serde_json::json;
use std::sync::Arc;

/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/// No sound at all.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

const TOOLS: [&str; 18] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_error_handling",
    "test_tool_with_progress",
    "test_missing_capability",
    "test_logging_tool",
    "test_streaming_elicitation",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
    "test_input_required_result_capabilities",
];

pub fn tools() -> Vec<Tool> {
    let nothing: JsonObject = json!({ "type": "object" }).as_object().cloned().unwrap_or_default();
    let nothing = Arc::new(nothing);
    TOOLS.map(|name| Tool::new(name, format!("The suite's {name}"), Arc::clone(&nothing))).into()
}

pub fn result(tool: &str) -> Option<CallToolResult> {
    let text = ContentBlock::text;
    let content = match tool {
        "test_simple_text" => vec![text("This is a simple text response for testing.")],
        "test_image_content" => vec![ContentBlock::image(PNG, "image/png")],
        "test_audio_content" => vec![ContentBlock::audio(WAV, "audio/wav")],
        "test_embedded_resource" => vec![ContentBlock::resource(embedded("test://embedded-resource"))],
        "test_multiple_content_types" => vec![
            text("Multiple content types test:"),
            ContentBlock::image(PNG, "image/png"),
            ContentBlock::resource(embedded("test://mixed-content-resource")),
        ],
        "test_tool_with_progress" | "test_logging_tool" => vec![text("done")],
        "test_error_handling" => {
            return Some(CallToolResult::error(vec![text("This tool intentionally returns an error for testing")]));
        }
        _ => return None,
    };
    Some(CallToolResult::success(content))
}

fn embedded(uri: &str) -> ResourceContents {
    ResourceContents::text("This is an embedded resource content.", uri).with_mime_type("text/plain")
}

pub fn resources() -> Vec<Resource> {
    vec![
        Resource::new("test://static-text", "static-text").with_description("A text.").with_mime_type("text/plain"),
        Resource::new("test://static-binary", "static-binary")
            .with_description("A picture.")
            .with_mime_type("image/png"),
    ]
}

pub fn read(uri: &str) -> Option<ResourceContents> {
    let text = |text: String, kind: &str| Some(ResourceContents::text(text, uri).with_mime_type(kind));
    match uri {
        "test://static-text" => text("This is the content of the static text resource.".into(), "text/plain"),
        "test://static-binary" => Some(ResourceContents::blob(PNG, uri).with_mime_type("image/png")),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            let data = json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
            text(data.to_string(), "application/json")
        }
    }
}

pub fn prompts() -> Vec<Prompt> {
    let argument = |name: &str| PromptArgument::new(name).with_description("An argument.").with_required(true);
    let prompt = |name: &str, arguments: Vec<PromptArgument>| Prompt::new(name, Some("The suite's."), Some(arguments));
    vec![
        prompt("test_simple_prompt", vec![]),
        prompt("test_prompt_with_arguments", vec![argument("arg1"), argument("arg2")]),
        prompt("test_prompt_with_embedded_resource", vec![argument("resourceUri")]),
        prompt("test_prompt_with_image", vec![]),
        prompt("test_input_required_result_prompt", vec![]),
    ]
}

pub fn messages(prompt: &str, arguments: &JsonObject) -> Option<Vec<PromptMessage>> {
    let given = |name: &str| arguments.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let user = |content: ContentBlock| PromptMessage::new(Role::User, content);
    let say = |text: String| PromptMessage::new_text(Role::User, text);
    Some(match prompt {
        "test_simple_prompt" => vec![say("This is a simple prompt for testing.".into())],
        "test_prompt_with_arguments" => {
            vec![say(format!("Prompt with arguments: arg1='{}', arg2='{}'", given("arg1"), given("arg2")))]
        }
        "test_prompt_with_embedded_resource" => vec![
            user(ContentBlock::resource(embedded(given("resourceUri")))),
            say("Please process the embedded resource above.".into()),
        ],
        "test_prompt_with_image" => {
            vec![user(ContentBlock::image(PNG, "image/png")), say("Please analyze the image above.".into())]
        }
        _ => return None,
    })
}
