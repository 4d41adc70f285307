//! What a person can have their model do here, in German and in English.

use super::parts::{PARTS, Part};
use super::server::{Asking, Server, cut};
use super::{resources, scope};
use rmcp::ErrorData;
use rmcp::model::{
    ArgumentInfo, GetPromptRequestParams, GetPromptResult, JsonObject, PromptArgument, PromptMessage, Role,
};
use serde_json::Value;

pub struct Prompt {
    pub name: &'static str,
    /// In both languages, since one list serves whoever connects.
    pub title: &'static str,
    pub about: &'static str,
    /// A further argument, and the template of this server whose ids it takes.
    argument: Option<Argument>,
    german: &'static str,
    english: &'static str,
}

struct Argument {
    name: &'static str,
    about: &'static str,
    template: &'static str,
}

const LANGUAGE: &str = "language";
const LANGUAGES: [&str; 2] = ["de", "en"];

pub const FAILED_WEBHOOKS: Prompt = Prompt {
    name: "analyse_failed_webhooks",
    title: "Fehlgeschlagene Webhooks untersuchen / Analyse failed webhooks",
    about: "Finds out why webhooks failed and what to do about it.",
    argument: None,
    german: "Untersuche die fehlgeschlagenen Webhooks dieses Unternehmens. Rufe get_webhook_stats auf, dann list_webhooks \
             mit status failed, dead und quarantined. Fasse sie nach Ursache zusammen (last_error, reason), sieh dir zu jeder \
             Ursache ein Beispiel mit get_webhook an und nenne die wahrscheinliche Erklärung. Prüfe mit replay_webhook und \
             dry_run=true, ob eine erneute Verarbeitung helfen würde. Ändere nichts ohne meine ausdrückliche Zustimmung. \
             Antworte auf Deutsch: Ursachen nach Häufigkeit, Folgen, empfohlene Schritte.",
    english: "Analyse this company's failed webhooks. Call get_webhook_stats, then list_webhooks with status failed, dead and \
              quarantined. Group them by cause (last_error, reason), look at one example of each cause with get_webhook, and \
              name the likely explanation. Check with replay_webhook and dry_run=true whether processing again would help. \
              Change nothing without my explicit consent. Answer in English: causes by frequency, consequences, recommended \
              steps.",
};

pub const NOT_BOOKED: Prompt = Prompt {
    name: "why_was_this_not_booked",
    title: "Warum wurde nicht gebucht? / Why was this not booked?",
    about: "Finds out why a call did not lead to an appointment.",
    argument: Some(Argument { name: "call", about: "Id of the call.", template: "call" }),
    german: "Finde heraus, warum aus dem Anruf {call} kein Termin wurde. Der Server retell zeigt ihn mit get_call und \
             analyse_call (Verlauf, outcome, refusal_code, refusal), der Server calcom die Buchungen mit get_bookings und \
             get_booking. Prüfe mit check_availability, ob die gewünschte Zeit frei gewesen wäre. Unterscheide: der Anrufer \
             wollte nicht, eine Regel sprach dagegen, der Kalender lehnte ab, oder etwas ging schief. Antworte auf Deutsch mit \
             der Ursache in einem Satz, dem Beleg und dem, was zu tun ist.",
    english: "Find out why the call {call} did not lead to an appointment. The server retell shows it with get_call and \
              analyse_call (transcript, outcome, refusal_code, refusal), the server calcom the bookings with get_bookings and \
              get_booking. Check with check_availability whether the time that was wanted could have been had. Tell apart: the \
              caller did not want to, a rule said no, the calendar refused, or something went wrong. Answer in English with \
              the cause in one sentence, the evidence, and what to do.",
};

pub const BETTER_PROMPT: Prompt = Prompt {
    name: "improve_agent_prompt",
    title: "Einen Agenten verbessern / Improve an agent's prompt",
    about: "Proposes better words for an agent from its calls.",
    argument: Some(Argument { name: "agent", about: "Id of the agent.", template: "agent" }),
    german: "Verbessere den Prompt des Agenten {agent}. Lies ihn mit get_agent, sieh dir mit list_calls (outcome refused und \
             none) und get_call zehn Anrufe an, aus denen kein Termin wurde, und finde heraus, was der Agent anders hätte \
             sagen sollen. Schlage die kleinste Änderung vor, zeige sie mit update_agent_prompt und dry_run=true, und \
             veröffentliche nichts ohne meine ausdrückliche Zustimmung. Antworte auf Deutsch.",
    english: "Improve the prompt of the agent {agent}. Read it with get_agent, look with list_calls (outcome refused and none) \
              and get_call at ten calls that led to no appointment, and find out what the agent should have said instead. \
              Propose the smallest change, show it with update_agent_prompt and dry_run=true, and publish nothing without my \
              explicit consent. Answer in English.",
};

pub const WEEK: Prompt = Prompt {
    name: "report_on_the_week",
    title: "Wochenbericht / Report on the week",
    about: "A report on the last seven days.",
    argument: None,
    german: "Schreibe einen Bericht über die letzten sieben Tage. Rufe get_schema auf, dann query für Anrufe und Termine je Tag \
             und Filiale, die Quote der Anrufe mit bestätigtem Termin, die häufigsten refusal_code und die Uhrzeiten mit den \
             meisten Anrufen. Vergleiche mit den sieben Tagen davor. Antworte auf Deutsch, höchstens eine Seite, mit Zahlen \
             und zwei Vorschlägen.",
    english: "Write a report on the last seven days. Call get_schema, then query for calls and appointments by day and branch, \
              the share of calls with a confirmed appointment, the most frequent refusal_code and the hours with most calls. \
              Compare with the seven days before. Answer in English, one page at most, with figures and two proposals.",
};

pub const STUCK: Prompt = Prompt {
    name: "what_is_stuck",
    title: "Was hängt? / What is stuck?",
    about: "Finds what waits too long and what was given up.",
    argument: None,
    german: "Sieh nach, was in den Warteschlangen hängt: get_queue_overview, list_pending_items für webhook und booking, \
             list_dead_items für beide. Nenne je Ursache die Anzahl, das Alter des ältesten Eintrags und ob es von selbst \
             weitergeht. Prüfe Kandidaten mit retry_queue_item und dry_run=true; ändere nichts ohne meine Zustimmung. Antworte \
             auf Deutsch.",
    english: "See what is stuck in the queues: get_queue_overview, list_pending_items for webhook and booking, list_dead_items \
              for both. For each cause name how many, the age of the oldest, and whether it goes on by itself. Check \
              candidates with retry_queue_item and dry_run=true; change nothing without my consent. Answer in English.",
};

pub fn list(part: &Part) -> Vec<rmcp::model::Prompt> {
    part.prompts.iter().map(described).collect()
}

fn described(prompt: &Prompt) -> rmcp::model::Prompt {
    let language =
        PromptArgument::new(LANGUAGE).with_description("de or en; otherwise the company's own.").with_required(false);
    let own = prompt.argument.iter();
    let own = own.map(|it| PromptArgument::new(it.name).with_description(it.about).with_required(true));
    let arguments: Vec<_> = own.chain([language]).collect();
    rmcp::model::Prompt::new(prompt.name, Some(prompt.about), Some(arguments)).with_title(prompt.title)
}

/// The words of a prompt, with its argument in its place.
pub fn told(server: &Server, asking: &Asking, asked: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let prompt = named(server.part, &asked.name)?;
    let nothing = JsonObject::new();
    let given = |name: &str| asked.arguments.as_ref().unwrap_or(&nothing).get(name).and_then(Value::as_str);
    let text = match language(server, asking, given(LANGUAGE))? {
        "de" => prompt.german,
        _ => prompt.english,
    };
    let text = match &prompt.argument {
        None => text.to_owned(),
        Some(argument) => {
            let missing = || ErrorData::invalid_params(format!("The argument '{}' is missing.", argument.name), None);
            let value = given(argument.name).filter(|value| !value.is_empty()).ok_or_else(missing)?;
            text.replace(&format!("{{{}}}", argument.name), &value.chars().take(200).collect::<String>())
        }
    };
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(prompt.about))
}

fn named<'p>(part: &'p Part, name: &str) -> Result<&'p Prompt, ErrorData> {
    let unknown = || ErrorData::invalid_params(format!("There is no prompt '{}' here.", cut(name)), None);
    part.prompts.iter().find(|prompt| prompt.name == name).ok_or_else(unknown)
}

fn language(server: &Server, asking: &Asking, asked: Option<&str>) -> Result<&'static str, ErrorData> {
    let known = server.mcp.app.directory.known();
    let own = || known.company(&asking.caller.company).map(|company| company.language.clone()).unwrap_or_default();
    let wanted = asked.map_or_else(own, str::to_owned);
    let found = LANGUAGES.iter().find(|language| **language == wanted).copied();
    match (found, asked) {
        (None, Some(_)) => Err(ErrorData::invalid_params("The argument 'language' takes de or en.", None)),
        (found, _) => Ok(found.unwrap_or("en")),
    }
}

/// Languages, or ids of what the prompt is about.
pub async fn completed(
    server: &Server,
    asking: &Asking,
    name: &str,
    argument: &ArgumentInfo,
) -> Result<Vec<String>, ErrorData> {
    let prompt = named(server.part, name)?;
    if argument.name == LANGUAGE {
        return Ok(LANGUAGES.iter().filter(|it| it.starts_with(&argument.value)).map(|it| (*it).to_owned()).collect());
    }
    let unknown = || ErrorData::invalid_params(format!("The prompt has no argument '{}'.", cut(&argument.name)), None);
    let own = prompt.argument.as_ref().filter(|own| own.name == argument.name).ok_or_else(unknown)?;
    let may = |part: &&Part| scope::opens_whole(&asking.caller.principal, part.name);
    let mut templates = PARTS.iter().filter(may).flat_map(|part| part.templates);
    match templates.find(|template| template.name == own.template) {
        Some(template) => resources::ids(server, asking, template, &argument.value).await,
        None => Ok(vec![]),
    }
}
