//! Types that describe themselves by schemars, as utoipa takes them: word for word, with what they refer to among the
//! document's components.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::marker::PhantomData;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, SchemaType};
use utoipa::openapi::{self, RefOr, Required};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// What an answer holds.
pub struct Of<T>(PhantomData<T>);

/// What a request holds. It is described in one piece, since what a client may leave out an answer always has.
pub struct Given<T>(PhantomData<T>);

/// The members of `T` as parameters of the query.
pub struct InQuery<T>(PhantomData<T>);

type Definitions = Map<String, Value>;

fn answers() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.with(|it| it.definitions_path = "/components/schemas".into()).into_generator()
}

fn requests() -> SchemaGenerator {
    SchemaSettings::draft2020_12().for_deserialize().with(|it| it.inline_subschemas = true).into_generator()
}

/// The schema itself and all that it refers to, by name.
fn described<T: JsonSchema>() -> (Value, Definitions) {
    let mut generator = answers();
    let whole = generator.subschema_for::<T>().to_value();
    let mut definitions = generator.take_definitions(true);
    match definitions.remove(T::schema_name().as_ref()) {
        Some(own) => (own, definitions),
        None => (whole, definitions),
    }
}

/// utoipa's own types cannot say everything that a JSON Schema says; what it calls extensions goes through untouched.
fn verbatim(schema: Value) -> RefOr<openapi::Schema> {
    let Value::Object(keywords) = schema else { return RefOr::T(openapi::Schema::default()) };
    let mut object = Object::with_type(SchemaType::AnyValue);
    object.extensions = Some(keywords.into_iter().collect());
    RefOr::T(openapi::Schema::Object(object))
}

impl<T: JsonSchema> PartialSchema for Of<T> {
    fn schema() -> RefOr<openapi::Schema> {
        verbatim(described::<T>().0)
    }
}

impl<T: JsonSchema> ToSchema for Of<T> {
    fn name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<openapi::Schema>)>) {
        let definitions = described::<T>().1;
        schemas.extend(definitions.into_iter().map(|(name, schema)| (name, verbatim(schema))));
    }
}

impl<T: JsonSchema> PartialSchema for Given<T> {
    fn schema() -> RefOr<openapi::Schema> {
        verbatim(given::<T>().to_value())
    }
}

impl<T: JsonSchema> ToSchema for Given<T> {
    fn name() -> Cow<'static, str> {
        T::schema_name()
    }
}

fn given<T: JsonSchema>() -> Schema {
    let mut schema = requests().into_root_schema_for::<T>();
    schema.remove("$schema");
    schema
}

impl<T: JsonSchema> IntoParams for InQuery<T> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = given::<T>().to_value();
        let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
        let members = schema["properties"].as_object().cloned().unwrap_or_default();
        members.into_iter().map(|(name, member)| parameter(&name, required(&name), member)).collect()
    }
}

fn parameter(name: &str, required: bool, member: Value) -> Parameter {
    let mut schema = without_null(member);
    let mut take = |keyword| schema.as_object_mut().and_then(|keywords| keywords.remove(keyword));
    let description = take("description").and_then(|text| text.as_str().map(str::to_owned));
    let example = take("examples").and_then(|examples| examples.get(0).cloned());
    let required = if required { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(required)
        .description(description)
        .example(example)
        .schema(Some(verbatim(schema)))
        .build()
}

/// What may be absent is left out of a query; there is no word for null in one.
fn without_null(mut schema: Value) -> Value {
    let Some(keywords) = schema.as_object_mut() else { return schema };
    keywords.retain(|keyword, value| keyword != "default" || !value.is_null());
    if let Some(Value::Array(types)) = keywords.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            keywords.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = keywords.remove("anyOf") {
        let choice = choices.into_iter().find(|it| it["type"] != "null");
        for (keyword, value) in choice.as_ref().and_then(Value::as_object).into_iter().flatten() {
            keywords.entry(keyword).or_insert_with(|| value.clone());
        }
    }
    schema
}
