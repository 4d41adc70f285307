//! The one way in which the shared dialect of read models is translated: text compares and sorts by its bytes, as it does
//! on SQLite, whatever language the database was created for.

/// `CREATE TABLE` and `ALTER TABLE` with byte collation. A type is written in capitals, so that a column may be called
/// `text`; quoted text is left alone.
pub(super) fn byte_collated(ddl: &str) -> String {
    let start = ddl.trim_start().to_ascii_uppercase();
    if !start.starts_with("CREATE TABLE") && !start.starts_with("ALTER TABLE") {
        return ddl.to_owned();
    }
    let mut written = String::with_capacity(ddl.len() + 64);
    let mut word = String::new();
    let mut quote = None;
    for letter in ddl.chars().chain(['\0']) {
        if letter.is_alphanumeric() || letter == '_' {
            word.push(letter);
            continue;
        }
        written.push_str(if quote.is_none() && word == "TEXT" { r#"TEXT COLLATE "C""# } else { &word });
        word.clear();
        match quote {
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            _ => {}
        }
        if letter != '\0' {
            written.push(letter);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_columns_get_byte_collation_and_nothing_else_changes() {
        let ddl = "CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, text TEXT, at BIGINT, a TEXT DEFAULT 'TEXT')";
        let expected = "CREATE TABLE IF NOT EXISTS calls (id TEXT COLLATE \"C\" PRIMARY KEY, text TEXT COLLATE \"C\", \
                        at BIGINT, a TEXT COLLATE \"C\" DEFAULT 'TEXT')";
        assert_eq!(byte_collated(ddl), expected);
        assert_eq!(
            byte_collated("ALTER TABLE calls ADD COLUMN b TEXT"),
            "ALTER TABLE calls ADD COLUMN b TEXT COLLATE \"C\""
        );
        for untouched in
            ["CREATE INDEX i ON calls (CAST(at AS TEXT))", "DELETE FROM calls", "CREATE TABLE t (a BIGINT)"]
        {
            assert_eq!(byte_collated(untouched), untouched);
        }
    }
}
