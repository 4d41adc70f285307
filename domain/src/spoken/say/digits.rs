//! Telephone numbers in groups that can be followed by ear.

use rlibphonenumber::PhoneNumber;

/// "+491713920042" as "0 1 7 1, 3 9 2, 0 0, 4 2": German numbers as they are dialled at home, others with their country's
/// code, the code of the place or network first. A figure is said at a time, and a comma is a pause. What is no number in
/// E.164 is given back figure by figure.
pub fn phone_groups(e164: &str) -> String {
    let digits: String = e164.chars().filter(char::is_ascii_digit).collect();
    let groups = PhoneNumber::parse(e164, None).map_or_else(|_| in_threes(&digits), |number| dialled(&number, &digits));
    groups.iter().map(|group| spaced(group)).collect::<Vec<_>>().join(", ")
}

fn dialled(number: &PhoneNumber, digits: &str) -> Vec<String> {
    let national = number.get_national_significant_number();
    let country = digits.strip_suffix(national.as_str()).unwrap_or_default();
    let place = number.get_length_of_national_destination_code();
    let (place, rest) = national.split_at_checked(place).unwrap_or(("", &national));
    let mut groups =
        if country == "49" { vec![format!("0{place}")] } else { vec![format!("00{country}"), place.into()] };
    groups.retain(|group| !group.is_empty());
    groups.extend(in_threes(rest));
    groups
}

/// Groups of three, the last ones of two where that leaves no figure alone.
fn in_threes(digits: &str) -> Vec<String> {
    let digits: Vec<char> = digits.chars().collect();
    let pairs = match digits.len() % 3 {
        0 => 0,
        1 if digits.len() > 1 => 4,
        _ => 2,
    };
    let (threes, twos) = digits.split_at_checked(digits.len().saturating_sub(pairs)).unwrap_or((&digits, &[]));
    threes.chunks(3).chain(twos.chunks(2)).map(|group| group.iter().collect()).collect()
}

fn spaced(group: &str) -> String {
    group.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        let cases = [
            ("+491713920042", "0 1 7 1, 3 9 2, 0 0, 4 2"),
            ("+493023125100", "0 3 0, 2 3 1, 2 5 1, 0 0"),
            ("+43153115", "0 0 4 3, 1, 5 3 1, 1 5"),
            ("", ""),
        ];
        for (number, said) in cases {
            assert_eq!(phone_groups(number), said, "{number}");
        }
    }
}
