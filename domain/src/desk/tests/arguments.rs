use super::*;

#[test]
fn arguments_go_by_german_and_english_names() {
    let german = json!({ "datum": "02.07.2025", "uhrzeit": 14, "dienstleistung": "Beratung", "mitarbeiter": "Anna",
        "telefonnummer": "0171 39200 42", "email": "max @ example . com", "name": "Max Mustermann" });
    let english = json!({ "appointment_date": "02.07.2025", "appointment_time": "14", "service_name": "Beratung",
        "preferred_staff": "Anna", "customer_phone": "0171 39200 42", "customer_email": "max@example.com",
        "customer_name": "Max Mustermann" });
    let read = Arguments::read(&german);
    let english = Arguments { said_email: read.said_email.clone(), ..Arguments::read(&english) };
    assert_eq!(read, english);
    assert_eq!((read.time.as_deref(), read.phone.as_deref()), (Some("14"), Some("+491713920042")));
    assert_eq!(read.email.as_deref(), Some("max@example.com"));
}

#[test]
fn arguments_may_stand_in_a_text_and_what_is_none_says_nothing() {
    let text = json!(r#"{"datum":"morgen"}"#);
    assert_eq!(Arguments::read(&text).date.as_deref(), Some("morgen"));
    for nothing in [json!(null), json!(7), json!([]), json!("kein JSON"), json!("[1]"), json!({ "datum": "{{datum}}" })]
    {
        assert_eq!(Arguments::read(&nothing), Arguments::default(), "{nothing}");
    }
}

#[test]
fn a_number_that_cannot_be_read_is_known_to_have_been_said() {
    let read = Arguments::read(&json!({ "phone": "null eins" }));
    assert_eq!((read.phone, read.said_phone.as_deref()), (None, Some("null eins")));
}

#[test]
fn invented_call_ids_are_told_from_real_ones() {
    for invented in ["1", "call_001", "None", "", "{{call_id}}", "null", "call_1", "undefined"] {
        assert!(is_placeholder(invented), "{invented}");
    }
    for real in ["call_0a1b2c3d4e5f60718293a4b5c6d", "Jabr9TXYYJHfvl6Syypi88rdAHYHmcq6"] {
        assert!(!is_placeholder(real), "{real}");
    }
}
