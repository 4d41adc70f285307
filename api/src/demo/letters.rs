//! What Retell would send about a played call: the shapes of its webhooks and of its own list.

use super::script::{Part, Scene};
use super::town::Business;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The three webhooks of a call, in the order in which they are sent, and the call as Retell keeps it.
pub struct Letters {
    pub started: Vec<u8>,
    pub ended: Vec<u8>,
    pub analyzed: Vec<u8>,
    pub kept: Value,
    /// As it stands while it goes on.
    pub on_the_line: Value,
}

pub fn letters(part: &Part, business: &Business, now: Timestamp) -> Letters {
    let end = now.as_millisecond();
    let start = end - 90_000 - i64::from(part.number % 60) * 1000;
    let mut call = basic(part, business, start);
    let (started, on_the_line) = (envelope("call_started", &call), call.clone());
    merge(&mut call, ended(part, start, end));
    let ended = envelope("call_ended", &call);
    merge(&mut call, analysis(part));
    Letters { started, ended, analyzed: envelope("call_analyzed", &call), kept: call, on_the_line }
}

fn envelope(event: &str, call: &Value) -> Vec<u8> {
    json!({ "event": event, "call": call }).to_string().into_bytes()
}

fn merge(call: &mut Value, more: Value) {
    if let (Value::Object(call), Value::Object(more)) = (call, more) {
        call.extend(more);
    }
}

fn basic(part: &Part, business: &Business, start: i64) -> Value {
    let mut call = json!({
        "call_id": part.call_id,
        "agent_id": business.agent_id,
        "agent_version": 0,
        "agent_name": business.name,
        "call_status": "ongoing",
        "start_timestamp": start,
        "retell_llm_dynamic_variables": { "firma": business.name },
        "custom_sip_headers": {},
        "data_storage_setting": "everything",
        "opt_in_signed_url": false,
    });
    let direction = match part.scene {
        Scene::OnTheWeb => json!({ "call_type": "web_call", "access_token": "made-up" }),
        Scene::IsCalled => json!({
            "call_type": "phone_call", "direction": "outbound", "from_number": part.our_number, "to_number": part.caller,
        }),
        _ => json!({
            "call_type": "phone_call", "direction": "inbound", "from_number": part.caller, "to_number": part.our_number,
        }),
    };
    merge(&mut call, direction);
    call
}

fn ended(part: &Part, start: i64, end: i64) -> Value {
    let cost = 7.0 + f64::from(part.number % 50) / 10.0;
    let agent = "Guten Tag, wie kann ich helfen?";
    json!({
        "call_status": "ended",
        "call_id": part.call_id,
        "end_timestamp": end,
        "duration_ms": end - start,
        "disconnection_reason": if part.number.is_multiple_of(3) { "agent_hangup" } else { "user_hangup" },
        "transcript": format!("Agent: {agent}\nUser: Ich möchte am {} um {}.\nAgent: Ich trage das ein.\n", part.date, part.time),
        "recording_url": "https://example.com/aufnahme.wav",
        "collected_dynamic_variables": collected(part),
        "call_cost": { "product_costs": [], "total_duration_seconds": (end - start) / 1000, "combined_cost": cost },
    })
}

/// What the agent wrote down; templates that nobody filled are among it, as in life.
fn collected(part: &Part) -> Value {
    if part.scene == Scene::Asks {
        return json!({ "booking_confirmed": if part.number.is_multiple_of(2) { "false" } else { "{{booking_confirmed}}" } });
    }
    let confirmed = ["true", "ja", "1", "yes"].get(part.number as usize % 4).copied().unwrap_or("true");
    let email = if part.number.is_multiple_of(3) { "max.mustermann @ example.com" } else { "{{email}}" };
    let mut said = json!({
        "booking_confirmed": confirmed,
        "name": part.name,
        "datum": part.date,
        "uhrzeit": part.time,
        "email": email,
    });
    if let Some(service) = &part.service {
        merge(&mut said, json!({ "dienstleistung": service }));
    }
    said
}

fn analysis(part: &Part) -> Value {
    let sentiment = ["Positive", "Neutral", "Negative"].get(part.number as usize % 3).copied().unwrap_or("Unknown");
    json!({
        "call_analysis": {
            "call_summary": "Der Anrufer hat nach einem Termin gefragt.",
            "in_voicemail": false,
            "user_sentiment": sentiment,
            "call_successful": part.scene != Scene::Asks,
            "custom_analysis_data": { "appointment_requested": part.scene != Scene::Asks },
        },
    })
}
