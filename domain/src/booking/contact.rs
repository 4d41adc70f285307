//! Whom the calendar writes into the appointment: what the caller said, then what the card knows, then stable stand-ins.

use crate::company::CompanyRegistered;
use crate::customer::Card;
use crate::diary::Contact;
use crate::ids::CustomerId;

/// What is known of the person from everywhere.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    pub customer: CustomerId,
    pub card: Option<&'a Card>,
    pub said_name: Option<&'a str>,
    pub said_email: Option<&'a str>,
    pub said_phone: Option<&'a str>,
}

/// The remark that tells whoever reads the calendar where an appointment comes from.
pub fn via_telephone(language: &str) -> &'static str {
    if language.starts_with("de") { "Via Telefon gebucht" } else { "Booked by telephone" }
}

/// Name, address, number and notes for the calendar. Somebody without an address gets one that is always the same for
/// them, since calendars tell people apart by it.
pub fn contact(person: Person<'_>, company: &CompanyRegistered, remarks: &[Option<&str>]) -> Contact {
    let card = |field: fn(&Card) -> Option<&String>| person.card.and_then(field).map(String::as_str);
    let german = company.language.starts_with("de");
    let nobody = if german { "Telefonkunde" } else { "Telephone customer" };
    let placeholder = || format!("kunde-{}@{}", person.customer.0.simple(), company.placeholder_domain);
    let notes: Vec<&str> = remarks.iter().copied().flatten().collect();
    Contact {
        name: person.said_name.or_else(|| card(|card| card.name.as_ref())).unwrap_or(nobody).to_owned(),
        email: person.said_email.or_else(|| card(|card| card.email.as_ref())).map_or_else(placeholder, str::to_owned),
        phone: person.said_phone.or_else(|| card(|card| card.phone.as_ref())).map(str::to_owned),
        notes: notes.join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AccountId, CompanyId};
    use uuid::Uuid;

    fn company() -> CompanyRegistered {
        CompanyRegistered {
            company: CompanyId::new("salon").expect("usable"),
            account: AccountId::new("main").expect("usable"),
            name: "Salon".into(),
            zone: "Europe/Berlin".into(),
            language: "de".into(),
            placeholder_domain: "anruf.example.com".into(),
        }
    }

    #[test]
    fn somebody_without_an_address_keeps_one_placeholder() {
        let customer = CustomerId(Uuid::from_u128(1));
        let person = Person { customer, card: None, said_name: None, said_email: None, said_phone: None };
        let contact = contact(person, &company(), &[Some(via_telephone("de")), None, Some("Möchte Tee.")]);
        assert_eq!(contact.email, "kunde-00000000000000000000000000000001@anruf.example.com");
        assert_eq!(contact.name, "Telefonkunde");
        assert_eq!(contact.notes, "Via Telefon gebucht\nMöchte Tee.");
    }

    #[test]
    fn what_was_said_in_this_call_wins_over_the_card() {
        let card = Card { name: Some("M. Mustermann".into()), phone: Some("+491713920042".into()), email: None };
        let person = Person {
            customer: CustomerId(Uuid::from_u128(1)),
            card: Some(&card),
            said_name: Some("Max Mustermann"),
            said_email: Some("max@example.com"),
            said_phone: None,
        };
        let contact = contact(person, &company(), &[]);
        assert_eq!((contact.name.as_str(), contact.email.as_str()), ("Max Mustermann", "max@example.com"));
        assert_eq!(contact.phone.as_deref(), Some("+491713920042"));
    }
}
