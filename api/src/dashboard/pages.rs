//! How a request becomes a visit, or is sent elsewhere: to sign in, or to a page that says why not.

use super::errors;
use super::form::Form;
use super::page::{Member, Page};
use super::request::{Asked, asked, asked_with_form};
use super::visit::{Visit, flash, see_other, set_cookie};
use crate::app::App;
use crate::http::auth::session::check_origin;
use crate::http::auth::{Caller, Permission, Principal, Token, Who};
use crate::http::query::Query;
use crate::http::v1::request::Request;
use crate::metrics::Crossing;
use crate::problem::Problem;
use crate::users::Users;
use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::users::User;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reply::Response;

/// What all pages are made with.
#[derive(Clone)]
pub struct Pages {
    pub app: App,
    pub users: Users,
}

/// Somebody who need not be signed in.
pub struct Guest {
    pub app: App,
    pub users: Users,
    pub asked: Asked,
    page: Page,
}

impl Guest {
    pub fn page(&self, title: &str) -> Page {
        self.page.titled(title)
    }
}

/// Why there is no visit.
enum Refused {
    SignIn,
    /// In the frame of whoever asked.
    With(Box<(Page, Problem)>),
}

impl Pages {
    pub fn new(app: &App, users: &Users) -> Self {
        Self { app: app.clone(), users: users.clone() }
    }

    /// A page that shows something to whoever has the permission, with these parameters and no others.
    pub fn get<F, R>(
        &self,
        permission: &'static Permission,
        parameters: &'static [&'static str],
        handler: F,
    ) -> BoxedFilter<(Response,)>
    where
        F: Fn(Visit) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, Problem>> + Send,
    {
        let pages = self.clone();
        asked()
            .then(move |asked: Asked| {
                let (pages, handler) = (pages.clone(), handler.clone());
                async move {
                    match pages.visit(&asked, permission, parameters).await {
                        Ok(visit) => {
                            let page = visit.page.clone();
                            answered(&page, handler(visit).await)
                        }
                        Err(refused) => refused.answer(&asked),
                    }
                }
            })
            .boxed()
    }

    /// A form that changes something. It must come from a page of this session.
    pub fn post<F, R>(&self, permission: &'static Permission, handler: F) -> BoxedFilter<(Response,)>
    where
        F: Fn(Visit, Form) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, Problem>> + Send,
    {
        let pages = self.clone();
        asked_with_form()
            .then(move |asked: Asked, form: Result<Form, Problem>| {
                let (pages, handler) = (pages.clone(), handler.clone());
                async move {
                    let visit = match pages.visit(&asked, permission, &[]).await {
                        Ok(visit) => visit,
                        Err(refused) => return refused.answer(&asked),
                    };
                    let page = visit.page.clone();
                    match form.and_then(|form| from_our_page(&asked, form)) {
                        Ok(form) => answered(&page, handler(visit, form).await),
                        Err(problem) => errors::page(&page, &problem),
                    }
                }
            })
            .boxed()
    }

    /// A page for everybody.
    pub fn open<F, R>(&self, handler: F) -> BoxedFilter<(Response,)>
    where
        F: Fn(Guest) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, Problem>> + Send,
    {
        let pages = self.clone();
        asked()
            .then(move |asked: Asked| {
                let (guest, handler) = (pages.guest(asked), handler.clone());
                async move {
                    let page = guest.page.clone();
                    answered(&page, handler(guest).await)
                }
            })
            .boxed()
    }

    /// A form for everybody; it must come from a page of this host.
    pub fn open_post<F, R>(&self, handler: F) -> BoxedFilter<(Response,)>
    where
        F: Fn(Guest, Form) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, Problem>> + Send,
    {
        let pages = self.clone();
        asked_with_form()
            .then(move |asked: Asked, form: Result<Form, Problem>| {
                let (guest, handler) = (pages.guest(asked), handler.clone());
                async move {
                    let page = guest.page.clone();
                    match check_origin(&guest.asked.headers).and(form) {
                        Ok(form) => answered(&page, handler(guest, form).await),
                        Err(problem) => errors::page(&page, &problem),
                    }
                }
            })
            .boxed()
    }

    /// Who is signed in, with their session.
    pub async fn signed_in(&self, asked: &Asked) -> Result<Option<(User, Token)>, Problem> {
        let Some(session) = asked.session() else { return Ok(None) };
        let user = self.users.signed_in(&session.hash(), self.app.clock.now()).await?;
        Ok(user.map(|user| (user, session)))
    }

    fn guest(&self, asked: Asked) -> Guest {
        let page = Page::new(&asked, None);
        Guest { app: self.app.clone(), users: self.users.clone(), asked, page }
    }

    async fn visit(&self, asked: &Asked, permission: &Permission, parameters: &[&str]) -> Result<Visit, Refused> {
        let nobody = |problem| Refused::With(Box::new((Page::new(asked, None), problem)));
        let (user, session) = self.signed_in(asked).await.map_err(nobody)?.ok_or(Refused::SignIn)?;
        let home = self.member(&user, user.company.clone(), &session).map_err(nobody)?;
        let Some(company) = self.company(&user, asked) else {
            return Err(Refused::With(Box::new((Page::new(asked, Some(home)), Problem::not_found("page")))));
        };
        let member = self.member(&user, company, &session).map_err(nobody)?;
        let caller = member.caller.clone();
        let page = Page::new(asked, Some(member));
        let refused = |problem| Refused::With(Box::new((page.clone(), problem)));
        if !caller.may(permission) {
            return Err(refused(Problem::not_allowed("Your role does not allow this.")));
        }
        let query = asked.parameters().and_then(|form| Query::new(form.into_pairs(), parameters)).map_err(refused)?;
        let request = Request::new(&self.app, caller, query, asked.params.clone());
        Ok(Visit { request, page, origin: asked.origin() })
    }

    /// The company that the address names, if it is theirs; their own where it names none.
    fn company(&self, user: &User, asked: &Asked) -> Option<CompanyId> {
        let Some(named) = asked.params.get("company") else { return Some(user.company.clone()) };
        let named: CompanyId = named.parse().ok()?;
        if named != user.company && user.role != Role::Owner {
            self.app.metrics.crossed_tenants(Crossing::Page);
            return None;
        }
        self.app.directory.known().company(&named).is_some().then_some(named)
    }

    fn member(&self, user: &User, company: CompanyId, session: &Token) -> Result<Member, Problem> {
        let known = self.app.directory.known();
        let profile = known.company(&company);
        let zone = profile.and_then(|it| TimeZone::get(&it.zone).ok()).unwrap_or(TimeZone::UTC);
        let all = if user.role == Role::Owner { known.companies() } else { vec![] };
        let principal =
            Principal { who: Who::User(user.user_id), company: user.company.clone(), role: user.role, scopes: vec![] };
        Ok(Member {
            name: user.name.clone().or_else(|| user.email.clone()).unwrap_or_default(),
            company_name: profile.map_or_else(|| company.to_string(), |it| it.name.clone()),
            zone,
            companies: all.into_iter().map(|it| (it.company.clone(), it.name.clone())).collect(),
            csrf: session.csrf().map_err(|_| Problem::internal())?,
            caller: Caller { principal, company },
        })
    }
}

impl Refused {
    fn answer(self, asked: &Asked) -> Response {
        match self {
            Self::SignIn => {
                let next = utf8_percent_encode(&asked.here(), NON_ALPHANUMERIC).to_string();
                see_other(&format!("/login?next={next}"))
            }
            Self::With(reason) => errors::page(&reason.0, &reason.1),
        }
    }
}

/// A form of the session that is signed in: from a page of this host, with the token of that page.
fn from_our_page(asked: &Asked, form: Form) -> Result<Form, Problem> {
    check_origin(&asked.headers)?;
    let token = form.raw("csrf").unwrap_or_default();
    let ours = asked.session().is_some_and(|session| session.has_csrf(token));
    ours.then_some(form).ok_or_else(|| Problem::not_allowed("The page is of an older session. Open it again."))
}

/// What was to be said once is forgotten once a page has said it.
fn answered(page: &Page, answer: Result<Response, Problem>) -> Response {
    let mut response = answer.unwrap_or_else(|problem| errors::page(page, &problem));
    if page.has_flash() && !response.status().is_redirection() {
        set_cookie(&mut response, &flash(""));
    }
    response
}
