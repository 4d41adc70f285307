//! An agent's words from its page: drafted, compared, published and had back, and never over what somebody else wrote.

use super::voices::{AGENT, FIRST, Voices};
use super::{Browser, Shown, signed_in};
use crate::http::v1::tests::world::{PRAXIS, SALON, World, wants};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::{Paging, Scope, there};

const PAGE: &str = "/c/salon/agents/agent_salon";
const SECOND: &str = "Du bist der Empfang.\nBegrüße jeden Anrufer.\nFrage nach dem Wunsch.\n";

/// The value of a hidden field of the page's middle.
pub(super) fn hidden(page: &Shown, name: &str) -> String {
    let rest = page.text.split(&format!(r#"type="hidden" name="{name}" value=""#)).nth(1);
    rest.unwrap_or_else(|| panic!("no {name}: {}", page.text)).split('"').next().unwrap().replace("&#34;", "\"")
}

pub(super) fn sent(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// Changes made from here: what, which version, and why.
pub(super) async fn changes(world: &World) -> Vec<(String, Option<i64>, String)> {
    let company = CompanyId::new(SALON).unwrap();
    let found = there::changes(&*world.app.store.rows, Scope::Company(&company), Paging::default()).await.unwrap();
    found.items.into_iter().rev().map(|it| (it.what, it.version, it.why)).collect()
}

async fn writes(admin: &Browser<'_>, read: &str, words: &str, act: &str) -> Shown {
    let page = admin.get(&format!("{PAGE}/prompt")).await;
    // As browsers send the ends of lines.
    let words = words.replace('\n', "\r\n");
    let form = sent(&[("csrf", page.csrf()), ("read", read), ("prompt", &words), ("why", "neue Ansage"), (act, "yes")]);
    admin.post(&format!("{PAGE}/prompt"), &form).await
}

#[tokio::test]
async fn words_are_compared_drafted_and_published_with_a_reason() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(&format!("{PAGE}/prompt")).await;
    assert!(page.status == 200 && page.text.contains("Begrüße den Anrufer."), "{}", page.text);
    let read = hidden(&page, "read");
    let compared = writes(&admin, &read, SECOND, "compare").await;
    for told in ["Lines added: 1, removed: 1", ">+</span>", ">−</span>", "Begrüße jeden Anrufer.", "neue Ansage"] {
        assert!(compared.text.contains(told), "{told}: {}", compared.text);
    }
    assert_eq!(voices.change(|held| held.versions.len()), 1, "nothing is sent yet");
    let saved = writes(&admin, &read, SECOND, "save").await;
    assert_eq!((saved.status, saved.header("location")), (303, "/c/salon/agents/agent%5Fsalon/prompt"));
    assert_eq!(voices.prompt_of(1), (SECOND.to_owned(), false));

    let path = format!("{PAGE}/publish?version=1");
    let asked = admin.get(&path).await;
    for told in ["Lines added: 1, removed: 1", "From then on callers hear these words", "Publish version 1"] {
        assert!(asked.text.contains(told), "{told}: {}", asked.text);
    }
    let read = hidden(&asked, "read");
    let form = |why: &str| sent(&[("csrf", asked.csrf()), ("version", "1"), ("read", &read), ("why", why)]);
    let silent = admin.post(&format!("{PAGE}/publish"), &form(" ")).await;
    assert!(silent.status == 422 && silent.text.contains("Say why"), "{}", silent.text);
    let done = admin.post(&format!("{PAGE}/publish"), &form("neue Ansage")).await;
    assert_eq!((done.status, done.header("location")), (303, "/c/salon/agents/agent%5Fsalon"), "{}", done.text);
    assert!(voices.prompt_of(1).1);
    let why = || "neue Ansage".to_owned();
    let expected = [("prompt_drafted".to_owned(), Some(1), why()), ("prompt_published".to_owned(), Some(1), why())];
    assert_eq!(changes(&world).await, expected);
    let page = admin.get(PAGE).await.text;
    assert!(
        page.contains("published earlier") && page.contains("Have back") && page.contains("not from here"),
        "{page}"
    );
}

#[tokio::test]
async fn what_somebody_wrote_at_the_provider_meanwhile_is_shown_and_kept() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let read = hidden(&admin.get(&format!("{PAGE}/prompt")).await, "read");
    let theirs = "Von Hand geändert.\n";
    writes(&admin, &read, SECOND, "save").await;
    voices.change(|held| theirs.clone_into(&mut held.versions[1].prompt));
    let refused = writes(&admin, &read, "Meine Worte.\n", "save").await;
    assert_eq!(refused.status, 409);
    for told in ["Somebody has changed something at Retell meanwhile", "Von Hand geändert.", "Meine Worte."] {
        assert!(refused.text.contains(told), "{told}: {}", refused.text);
    }
    assert_eq!(voices.prompt_of(1).0, theirs, "nothing was sent");
    let again = writes(&admin, &hidden(&refused, "read"), "Meine Worte.\n", "save").await;
    assert_eq!((again.status, voices.prompt_of(1).0.as_str()), (303, "Meine Worte.\n"), "they have seen it");

    let asked = admin.get(&format!("{PAGE}/publish?version=1")).await;
    let form = sent(&[("csrf", asked.csrf()), ("version", "1"), ("read", &hidden(&asked, "read")), ("why", "gut so")]);
    voices.change(|held| theirs.clone_into(&mut held.versions[1].prompt));
    let refused = admin.post(&format!("{PAGE}/publish"), &form).await;
    assert!(refused.status == 409 && refused.text.contains("Von Hand geändert."), "{}", refused.text);
    assert!(!voices.prompt_of(1).1, "words that nobody here has read are not published");
}

#[tokio::test]
async fn an_old_version_comes_back_as_a_draft() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let read = hidden(&admin.get(&format!("{PAGE}/prompt")).await, "read");
    writes(&admin, &read, SECOND, "save").await;
    voices.change(|held| held.versions[1].published = true);
    let asked = admin.get(&format!("{PAGE}/rollback?version=0")).await;
    assert!(
        asked.text.contains("Make a draft of version 0") && asked.text.contains("Lines added: 1"),
        "{}",
        asked.text
    );
    let form = sent(&[("csrf", asked.csrf()), ("version", "0"), ("why", "Anrufer waren verwirrt")]);
    let done = admin.post(&format!("{PAGE}/rollback"), &form).await;
    assert_eq!(done.header("location"), "/c/salon/agents/agent%5Fsalon/prompt", "{}", done.text);
    assert_eq!(voices.prompt_of(2), (FIRST.to_owned(), false));
    assert_eq!(admin.get(&format!("{PAGE}/publish")).await.status, 400, "which version is not guessed");
    assert_eq!(admin.get(&format!("{PAGE}/publish?version=9")).await.status, 404);
}

#[tokio::test]
async fn each_role_sees_its_own_and_nobody_another_companys() {
    let (_, world) = Voices::world().await;
    let viewer = signed_in(&world, SALON, Role::Viewer, "eva@example.com").await;
    let main = |page: &Shown| page.text.split("<main").nth(1).unwrap().to_owned();
    for path in ["/c/salon/agents", PAGE, &format!("{PAGE}/prompt")] {
        let page = viewer.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        assert!(!main(&page).contains(r#"method="post""#), "{path}: {}", page.text);
        for active in ["<style", " style=", "onclick", "<script>"] {
            assert!(!page.text.contains(active), "{path}: {active}");
        }
    }
    assert!(main(&viewer.get(&format!("{PAGE}/prompt")).await).contains("Begrüße den Anrufer."));
    assert_eq!(viewer.get(&format!("{PAGE}/publish?version=0")).await.status, 403);
    let other = signed_in(&world, PRAXIS, Role::Admin, "ben@example.com").await;
    assert_eq!(other.get(&format!("/c/praxis/agents/{AGENT}")).await.status, 404);
    let csrf = other.get("/c/praxis").await.csrf().to_owned();
    let form = sent(&[("csrf", &csrf), ("version", "0"), ("read", "x"), ("why", "so")]);
    for act in ["publish", "rollback", "prompt", "branch"] {
        let told = other.post(&format!("/c/praxis/agents/{AGENT}/{act}"), &form).await;
        assert_eq!(told.status, 404, "{act}");
    }
}

#[tokio::test]
async fn where_the_provider_is_away_pages_say_so_and_what_was_typed_stays() {
    let (voices, world) = Voices::world().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let read = hidden(&admin.get(&format!("{PAGE}/prompt")).await, "read");
    voices.change(|held| held.away = true);
    let page = admin.get(PAGE).await;
    assert!(page.status == 200 && page.text.contains("Retell does not answer as it should"), "{}", page.text);
    assert!(page.text.contains("v3: 100 %"), "figures are ours: {}", page.text);
    assert_eq!(admin.get(&format!("{PAGE}?days=8")).await.status, 400);
    assert_eq!(admin.get(&format!("{PAGE}/prompt")).await.status, 502);
    let csrf = admin.get("/c/salon").await.csrf().to_owned();
    let fields = [("csrf", csrf.as_str()), ("read", &read), ("prompt", SECOND), ("why", "so"), ("save", "yes")];
    let kept = admin.post(&format!("{PAGE}/prompt"), &sent(&fields)).await;
    assert!(kept.status == 502 && kept.text.contains("Begrüße jeden Anrufer."), "{}", kept.text);
    assert_eq!(hidden(&kept, "read"), read);
}

#[tokio::test]
async fn where_the_provider_is_silent_a_page_does_not_wait_for_ever_and_what_was_typed_stays() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let read = hidden(&admin.get(&format!("{PAGE}/prompt")).await, "read");
    voices.change(|held| held.silent = true);
    let csrf = admin.get("/c/salon").await.csrf().to_owned();
    let fields = [("csrf", csrf.as_str()), ("read", &read), ("prompt", SECOND), ("why", "so"), ("compare", "yes")];
    let (address, form) = (format!("{PAGE}/prompt"), sent(&fields));
    let patience = std::time::Duration::from_secs(20);
    let kept = tokio::time::timeout(patience, admin.post(&address, &form)).await.expect("the page gives up");
    assert!(kept.status == 502 && kept.text.contains("Begrüße jeden Anrufer."), "{}", kept.text);
    assert!(kept.text.contains("Try again in a minute."), "{}", kept.text);
}

#[tokio::test]
async fn an_agent_answers_for_another_branch_from_its_page() {
    let (_, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(PAGE).await;
    let form = |branch: &str| sent(&[("csrf", page.csrf()), ("branch", branch)]);
    assert_eq!(admin.post(&format!("{PAGE}/branch"), &form("nord")).await.status, 303);
    assert!(admin.get("/c/salon/agents").await.text.contains("<td>Nord</td>"));
    assert_eq!(admin.post(&format!("{PAGE}/branch"), &form("fern")).await.status, 422);
}
