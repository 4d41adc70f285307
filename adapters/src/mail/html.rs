//! Plain text as simple HTML: paragraphs and line breaks, nothing that loads anything from anywhere.

pub fn html(text: &str) -> String {
    let paragraph = |part: &str| format!("<p>{}</p>\n", escaped(part).replace('\n', "<br>\n"));
    let body: String = text.split("\n\n").map(paragraph).collect();
    format!("<!doctype html>\n<html><body style=\"font-family: sans-serif\">\n{body}</body></html>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
