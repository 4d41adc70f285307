use super::address;

#[test]
fn addresses_are_kept_in_one_form() {
    assert_eq!(address(" Max@Example.com "), Some("max@example.com".into()));
    for odd in ["", "max", "@example.com", "max@", "max@example", "max@a@example.com", "m ax@example.com"] {
        assert_eq!(address(odd), None, "{odd}");
    }
}
