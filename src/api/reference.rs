//! Code lists, dated figures, and the fields that a criteria document may use.

use actix_web::get;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::field::{Field, FieldClass, FieldType, FieldUnit, Op, Registry};
use crate::domain::label::labelled;
use crate::domain::money::Rupiah;
use crate::domain::right::op;
use crate::domain::text::{Text, Words};
use crate::domain::venture::{Instrument, SectorGroup};
use crate::ops::{self, Conflict};
use crate::reference::{goal, programme, region, rubric, sector, wage};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_fields).add(list_sectors).add(list_regions).add(list_sdgs).add(list_instruments);
    routes.add(list_minimum_wages).add(list_programme_figures);
}

/// These lists change with a release only.
fn for_an_hour<T>(body: T) -> Answer<T> {
    Answer::ok(body).header(CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"))
}

/// The fields that a criteria document may use.
#[derive(Serialize, ToSchema)]
pub struct FieldList {
    /// In the order people read them.
    #[schema(max_items = 1000)]
    items: Vec<FieldEntry>,
}

/// One field.
#[derive(Serialize, ToSchema)]
pub struct FieldEntry {
    /// As written in a criteria document. A field of type `range` is used in preferences as `KEY.min` and `KEY.max`.
    #[schema(example = "dimension.MGT", max_length = 100)]
    key: String,
    label: Text,
    r#type: FieldType,
    /// What its numbers count; null for other types.
    #[schema(required = true)]
    unit: Option<FieldUnit>,
    /// The operators it takes in a filter.
    #[schema(max_items = 11)]
    operators: &'static [Op],
    /// Its values, when they are a short list; otherwise empty.
    #[schema(max_items = 100)]
    codes: Vec<CodeEntry>,
    class: FieldClass,
    /// An owner can raise it by a level within months, so it may be proposed as a change.
    actionable: bool,
    /// Known only of ventures whose owner consented to be found by it.
    needs_consent: bool,
    /// May be filtered, never weighted.
    filter_only: bool,
}

/// A code and what people read for it.
#[derive(Serialize, ToSchema)]
pub struct CodeEntry {
    /// The code.
    #[schema(example = "valid", max_length = 60)]
    code: &'static str,
    label: Text,
}

impl From<(&'static str, Words)> for CodeEntry {
    fn from((code, label): (&'static str, Words)) -> Self {
        Self { code, label: label.into() }
    }
}

impl From<&Field> for FieldEntry {
    fn from(field: &Field) -> Self {
        Self {
            key: field.key.clone(),
            label: field.label.clone(),
            r#type: field.kind,
            unit: field.unit,
            operators: field.ops(),
            codes: field.codes().into_iter().map(Into::into).collect(),
            class: field.class,
            actionable: field.actionable,
            needs_consent: field.needs_consent,
            filter_only: field.filter_only,
        }
    }
}

/// List the fields that criteria may use
///
/// Use it to build an editor of criteria: each field with its type, operators and values. The dimensions and indicators
/// are those of the published rubric; before one is published, of the proposal that ships with the service.
#[utoipa::path(tag = "reference", responses((status = 200, description = "The fields.", body = FieldList)))]
#[get("/v1/fields")]
pub async fn list_fields(caller: Caller<op::ListFields>) -> Result<Answer<FieldList>> {
    let service = caller.app.service.clone();
    let registry = caller.app.workers.run(move || match service.read(ops::rubric::current) {
        Ok((_, rubric)) => Ok(Registry::new(&rubric)),
        Err(ops::Error::Conflict(Conflict::NoRubric)) => Ok(Registry::new(rubric::sedaya_v1())),
        Err(error) => Err(error),
    });
    let registry = registry.await?.map_err(Problem::internal)?;
    Ok(Answer::ok(FieldList { items: registry.fields().iter().map(Into::into).collect() }))
}

/// The sections of KBLI, by edition.
#[derive(Serialize, ToSchema)]
pub struct SectorList {
    /// What the crosswalk from the older edition to the newer rests on.
    #[schema(max_length = 1000)]
    crosswalk_basis: &'static str,
    /// The older first.
    #[schema(max_items = 2)]
    editions: Vec<SectorEdition>,
}

/// One edition of KBLI.
#[derive(Serialize, ToSchema)]
pub struct SectorEdition {
    /// What stands before the colon of its codes.
    #[schema(example = "KBLI2020", max_length = 10)]
    scheme: String,
    /// The regulation it rests on.
    #[schema(max_length = 500)]
    authority: &'static str,
    /// A first.
    #[schema(max_items = 26)]
    sections: Vec<SectorSection>,
}

/// One section. Criteria and sheets may also use its divisions, groups, classes and subclasses.
#[derive(Serialize, ToSchema)]
pub struct SectorSection {
    /// With its scheme: the same letter means different things in the two editions.
    #[schema(example = "KBLI2020:C", max_length = 20)]
    code: String,
    /// Its official title, in Bahasa Indonesia.
    #[schema(example = "Industri Pengolahan", max_length = 300)]
    title: &'static str,
    group: SectorGroup,
    /// The sections of the newer edition that took its place.
    #[schema(max_items = 5, example = json!(["KBLI2025:C"]))]
    became: Vec<String>,
}

/// List the sections of KBLI
///
/// Use it to offer sectors. Both editions are served, since papers of both are in use.
#[utoipa::path(tag = "reference", responses((status = 200, description = "Both editions.", body = SectorList)))]
#[get("/v1/reference/sectors")]
pub async fn list_sectors(_caller: Caller<op::ListSectors>) -> Result<Answer<SectorList>> {
    let editions = sector::editions().iter().map(|edition| SectorEdition {
        scheme: edition.scheme.as_str().to_owned(),
        authority: &edition.authority,
        sections: edition
            .sections
            .iter()
            .map(|section| SectorSection {
                code: section.sector.to_string(),
                title: &section.title,
                group: section.sector.group().0,
                became: section.became.iter().map(|letter| format!("KBLI2025:{letter}")).collect(),
            })
            .collect(),
    });
    Ok(for_an_hour(SectorList { crosswalk_basis: sector::crosswalk_basis(), editions: editions.collect() }))
}

/// The regions of DKI Jakarta.
#[derive(Serialize, ToSchema)]
pub struct RegionList {
    /// Where the codes are from.
    #[schema(max_length = 500)]
    source: &'static str,
    /// The province, its kota, their kecamatan.
    #[schema(max_items = 1000)]
    items: Vec<RegionEntry>,
}

/// One region.
#[derive(Serialize, ToSchema)]
pub struct RegionEntry {
    /// Kemendagri code, dotted. Criteria and sheets use this one.
    #[schema(example = "31.75.10", max_length = 13)]
    code: &'static str,
    /// BPS code; the two families collide, so never use one for the other.
    #[schema(example = "3172030", max_length = 10)]
    bps: &'static str,
    /// Its name.
    #[schema(example = "Duren Sawit", max_length = 100)]
    name: &'static str,
    level: RegionLevel,
}

/// How wide a region is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// Provinsi.
    Province,
    /// Kota or kabupaten.
    Kota,
    /// Kecamatan.
    Kecamatan,
}

/// List the regions
///
/// Use it to offer places. A filter `under` a wider code holds all narrower ones.
#[utoipa::path(tag = "reference", responses((status = 200, description = "The regions.", body = RegionList)))]
#[get("/v1/reference/regions")]
pub async fn list_regions(_caller: Caller<op::ListRegions>) -> Result<Answer<RegionList>> {
    let wide = |level: RegionLevel, k: region::Kota| RegionEntry { code: k.code, bps: k.bps, name: k.name, level };
    let mut items = vec![wide(RegionLevel::Province, region::PROVINCE)];
    items.extend(region::KOTA.map(|kota| wide(RegionLevel::Kota, kota)));
    items.extend(region::kecamatan().iter().map(|k| RegionEntry {
        code: k.code,
        bps: k.bps,
        name: k.name,
        level: RegionLevel::Kecamatan,
    }));
    Ok(for_an_hour(RegionList { source: region::SOURCE, items }))
}

/// The Sustainable Development Goals.
#[derive(Serialize, ToSchema)]
pub struct SdgList {
    /// Where the names are from.
    #[schema(max_length = 500)]
    source: &'static str,
    /// All seventeen, in order.
    #[schema(max_items = 17)]
    items: Vec<SdgEntry>,
}

/// One goal.
#[derive(Serialize, ToSchema)]
pub struct SdgEntry {
    /// Its number.
    #[schema(minimum = 1, maximum = 17, example = 8)]
    number: u8,
    label: &'static Text,
}

/// List the Sustainable Development Goals
///
/// Use it to show goals by name; ventures and criteria carry their numbers.
#[utoipa::path(tag = "reference", responses((status = 200, description = "The goals.", body = SdgList)))]
#[get("/v1/reference/sdgs")]
pub async fn list_sdgs(_caller: Caller<op::ListSdgs>) -> Result<Answer<SdgList>> {
    let items = goal::all().iter().map(|g| SdgEntry { number: g.number, label: &g.label }).collect();
    Ok(for_an_hour(SdgList { source: goal::source(), items }))
}

/// The kinds of support.
#[derive(Serialize, ToSchema)]
pub struct InstrumentList {
    /// In the order people read them.
    #[schema(max_items = 20)]
    items: Vec<CodeEntry>,
}

/// List the kinds of support
///
/// Use it to show what owners welcome and investors offer: not only money.
#[utoipa::path(tag = "reference", responses((status = 200, description = "The instruments.", body = InstrumentList)))]
#[get("/v1/reference/instruments")]
pub async fn list_instruments(_caller: Caller<op::ListInstruments>) -> Result<Answer<InstrumentList>> {
    let items = labelled::<Instrument>().into_iter().map(Into::into).collect();
    Ok(for_an_hour(InstrumentList { items }))
}

/// Minimum wages, dated.
#[derive(Serialize, ToSchema)]
pub struct MinimumWageList {
    /// The oldest first.
    #[schema(max_items = 100)]
    items: Vec<MinimumWageEntry>,
}

/// A province's minimum wage over a period.
#[derive(Serialize, ToSchema)]
pub struct MinimumWageEntry {
    /// Kemendagri code of the province.
    #[schema(example = "31", max_length = 2)]
    region: &'static str,
    /// First day.
    #[schema(value_type = String, format = Date, example = "2024-01-01", max_length = 10)]
    valid_from: NaiveDate,
    /// Last day.
    #[schema(value_type = String, format = Date, example = "2024-12-31", max_length = 10)]
    valid_to: NaiveDate,
    /// A month.
    monthly: Rupiah,
    /// The decree.
    #[schema(max_length = 300)]
    source: &'static str,
}

/// List the minimum wages
///
/// Use it to explain indicator SOC3, which measures a family's income from the business against the wage in force.
#[utoipa::path(tag = "reference", responses((status = 200, description = "The wages.", body = MinimumWageList)))]
#[get("/v1/reference/minimum-wages")]
pub async fn list_minimum_wages(_caller: Caller<op::ListMinimumWages>) -> Result<Answer<MinimumWageList>> {
    let items = wage::all().iter().map(|w| MinimumWageEntry {
        region: &w.region,
        valid_from: w.valid_from,
        valid_to: w.valid_to,
        monthly: w.monthly,
        source: &w.source,
    });
    Ok(for_an_hour(MinimumWageList { items: items.collect() }))
}

/// Figures that the programme has published about itself.
#[derive(Serialize, ToSchema)]
pub struct ProgrammeFigures {
    /// The day they were said.
    #[schema(value_type = String, format = Date, example = "2024-11-14", max_length = 10)]
    as_of: NaiveDate,
    /// Whether anybody has checked them against records.
    verified: bool,
    source: &'static Text,
    /// The figures.
    #[schema(max_items = 100)]
    items: Vec<ProgrammeFigure>,
}

/// One figure.
#[derive(Serialize, ToSchema)]
pub struct ProgrammeFigure {
    /// Stable code.
    #[schema(example = "pena_families_helped", max_length = 100)]
    code: &'static str,
    label: &'static Text,
    /// How many.
    #[schema(minimum = 0, example = 470)]
    value: u64,
}

/// List the programme's published figures
///
/// Use it to quote them with their date and source. They were said in public and have not been verified.
#[utoipa::path(tag = "reference", responses((status = 200, description = "The figures.", body = ProgrammeFigures)))]
#[get("/v1/reference/programme-figures")]
pub async fn list_programme_figures(_caller: Caller<op::ListProgrammeFigures>) -> Result<Answer<ProgrammeFigures>> {
    let all = programme::figures();
    let items = all.figures.iter().map(|f| ProgrammeFigure { code: &f.code, label: &f.label, value: f.value });
    Ok(for_an_hour(ProgrammeFigures {
        as_of: all.as_of,
        verified: all.verified,
        source: &all.source,
        items: items.collect(),
    }))
}
