//! Offline checks: does a match carry the checksum or structure that its issuer gives it?
//!
//! Each check is pure and answers `valid`, `invalid` or `abstain`. What an answer is worth is the validator's to say:
//! a checksum of 24 bits or more proves a token, a single check digit only supports it.

use serde::{Deserialize, Serialize};

use crate::finding::Verdict;

mod atlassian;
mod aws;
mod azure;
mod base58;
mod basic;
mod bech32;
mod bip39;
mod card;
mod codec;
mod email;
mod github;
mod gitlab;
mod grafana;
mod iban;
mod ids;
mod ip;
mod json;
mod jwt;
mod pem;
mod phone;
mod pypi;
mod ssn;
mod vercel;
mod vin;
mod zuplo;

pub(crate) use pem::PemCheck;

/// An offline check by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
    /// GitHub's classic tokens and npm's: the body ends with its own CRC-32 in base 62.
    GithubCrc32,
    /// GitHub's fine-grained tokens: eight characters of a SHA-256 inside.
    GithubPatSha256,
    /// GitLab's routable tokens: payload length and CRC-32 in base 36.
    GitlabRoutable,
    /// Grafana's service account tokens: little-endian CRC-32 in hexadecimal.
    GrafanaCrc32,
    /// Atlassian's tokens: CRC-32 in hexadecimal at the end.
    AtlassianCrc32,
    /// Azure DevOps' 52-character tokens: CRC-32 scattered over the decoded bytes.
    AzureDevopsCrc32,
    /// PyPI's tokens: a macaroon that parses to its end.
    PypiMacaroon,
    /// JSON web tokens: a header that is JSON with `alg`.
    Jwt,
    /// AWS access key ids: 16 base-32 characters.
    AwsKeyId,
    /// Vercel's tokens: the body ends with its own CRC-32 in base 62.
    VercelCrc32,
    /// Zuplo's keys: CRC-32 in hexadecimal after the body.
    ZuploCrc32,
    /// Keys of age, and others in Bech32.
    AgeBech32,
    /// Payment card numbers: issuer range, length and Luhn digit.
    PaymentCard,
    /// International bank account numbers: country, structure and two check digits.
    Iban,
    /// United States social security numbers: ranges that are given out.
    UsSsn,
    /// Phone numbers: country code and length, or a North American number.
    Phone,
    /// IPv4 addresses: public, private or of no interest.
    Ipv4,
    /// IPv6 addresses: public, private or of no interest.
    Ipv6,
    /// E-mail addresses: a domain that may exist.
    Email,
    /// `user:password` in base64.
    BasicCredentials,
    /// United States individual taxpayer numbers.
    UsItin,
    /// United States providers of health care.
    UsNpi,
    /// United States prescribers.
    UsDea,
    /// United States bank routing numbers.
    UsRouting,
    /// Canadian social insurance numbers.
    CaSin,
    /// Mexican population register codes.
    MxCurp,
    /// Mexican bank accounts.
    MxClabe,
    /// Brazilian taxpayers.
    BrCpf,
    /// Brazilian firms.
    BrCnpj,
    /// Argentine taxpayers.
    ArCuit,
    /// Argentine bank accounts.
    ArCbu,
    /// Chilean taxpayers.
    ClRut,
    /// Colombian taxpayers.
    CoNit,
    /// Peruvian taxpayers.
    PeRuc,
    /// Ecuadorian identity numbers.
    EcCedula,
    /// Dominican identity numbers.
    DoCedula,
    /// Uruguayan identity numbers.
    UyCedula,
    /// Devices of mobile networks.
    Imei,
    /// British National Insurance numbers.
    GbNino,
    /// British National Health Service numbers.
    GbNhs,
    /// British taxpayers.
    GbUtr,
    /// British driving licences.
    GbDriver,
    /// Irish personal public service numbers.
    IePps,
    /// German tax ids.
    DeTaxId,
    /// German pension insurance numbers.
    DePension,
    /// German health insurance numbers.
    DeHealth,
    /// German doctors.
    DeDoctor,
    /// Austrian social insurance numbers.
    AtSocial,
    /// Swiss old-age insurance numbers.
    ChAhv,
    /// French social security numbers.
    FrNir,
    /// French tax numbers.
    FrTax,
    /// French firms and establishments.
    FrSiret,
    /// Belgian national numbers.
    BeNational,
    /// Dutch citizen service numbers.
    NlBsn,
    /// Luxembourg identification numbers.
    LuMatricule,
    /// Spanish identity documents of citizens and foreigners.
    EsDni,
    /// Spanish social security numbers.
    EsSocial,
    /// Portuguese taxpayers.
    PtNif,
    /// Italian fiscal codes.
    ItFiscalCode,
    /// Italian firms.
    ItVat,
    /// Greek social security numbers.
    GrAmka,
    /// Greek taxpayers.
    GrAfm,
    /// Danish person numbers.
    DkCpr,
    /// Norwegian identity numbers.
    NoNational,
    /// Swedish person numbers.
    SePerson,
    /// Swedish firms.
    SeFirm,
    /// Finnish identity codes.
    FiHetu,
    /// Icelandic identity numbers.
    IsKennitala,
    /// Estonian and Lithuanian personal codes.
    EeLtPerson,
    /// Latvian personal codes.
    LvPerson,
    /// Polish person numbers.
    PlPesel,
    /// Polish taxpayers.
    PlNip,
    /// Polish firms.
    PlRegon,
    /// Czech and Slovak birth numbers.
    CzSkBirth,
    /// Hungarian taxpayers.
    HuTax,
    /// Hungarian social security numbers.
    HuSocial,
    /// Romanian personal codes.
    RoCnp,
    /// Bulgarian civil numbers.
    BgEgn,
    /// Croatian personal numbers.
    HrOib,
    /// Citizen numbers of what was Yugoslavia.
    YuJmbg,
    /// Turkish identity numbers.
    TrIdentity,
    /// Russian taxpayers.
    RuInn,
    /// Russian pension insurance numbers.
    RuSnils,
    /// Ukrainian taxpayers.
    UaTaxpayer,
    /// Kazakh identity numbers.
    KzIdentity,
    /// Indian identity numbers.
    InAadhaar,
    /// Indian goods and services taxpayers.
    InGstin,
    /// Chinese resident identity numbers.
    CnResident,
    /// South Korean resident numbers.
    KrResident,
    /// South Korean firms.
    KrFirm,
    /// Japanese individual numbers.
    JpIndividual,
    /// Thai identity numbers.
    ThIdentity,
    /// Singaporean identity numbers.
    SgIdentity,
    /// Malaysian identity cards.
    MyIdentity,
    /// Indonesian population numbers.
    IdPopulation,
    /// Philippine taxpayers.
    PhTaxpayer,
    /// Pakistani identity cards.
    PkIdentity,
    /// Israeli identity numbers.
    IlIdentity,
    /// Saudi identity numbers.
    SaIdentity,
    /// Identity cards of the Emirates.
    AeIdentity,
    /// Kuwaiti civil numbers.
    KwCivil,
    /// Iranian national codes.
    IrNational,
    /// Australian tax file numbers.
    AuTfn,
    /// Australian business numbers.
    AuAbn,
    /// Australian company numbers.
    AuAcn,
    /// Australian Medicare cards.
    AuMedicare,
    /// New Zealand taxpayers.
    NzIrd,
    /// South African identity numbers.
    ZaId,
    /// Nigerian identity numbers.
    NgNin,
    /// Egyptian national numbers.
    EgNational,
    /// Value added tax numbers: a country and its own checksum.
    EuVat,
    /// Vehicle identification numbers.
    Vin,
    /// Bitcoin addresses and keys: four bytes of a double SHA-256.
    Base58Check,
    /// Seed phrases of wallets: words of a list, and bits of a SHA-256.
    SeedPhrase,
}

/// What a validator is: its name in rule files, and what its answers are worth.
struct Sheet {
    name: &'static str,
    proves: bool,
    disproves: bool,
    check: fn(&[u8]) -> Verdict,
}

const fn sheet(name: &'static str, proves: bool, disproves: bool, check: fn(&[u8]) -> Verdict) -> Sheet {
    Sheet { name, proves, disproves, check }
}

/// In the order of [`Validator`].
#[rustfmt::skip]
static SHEETS: &[Sheet] = &[
    //     name                  proves disproves
    sheet("github-crc32",       true,  true,  github::check_classic),
    sheet("github-pat-sha256",  true,  true,  github::check_fine_grained),
    sheet("gitlab-routable",    true,  true,  gitlab::check),
    sheet("grafana-crc32",      true,  true,  grafana::check),
    sheet("atlassian-crc32",    true,  true,  atlassian::check),
    sheet("azure-devops-crc32", true,  true,  azure::check),
    sheet("pypi-macaroon",      true,  true,  pypi::check),
    sheet("jwt",                true,  true,  jwt::check),
    sheet("aws-key-id",         false, false, aws::check),
    sheet("vercel-crc32",       true,  false, vercel::check),
    sheet("zuplo-crc32",        true,  false, zuplo::check),
    sheet("age-bech32",         true,  true,  bech32::check),
    sheet("payment-card",       false, true,  card::check),
    sheet("iban",               true,  true,  iban::check),
    sheet("us-ssn",             false, true,  ssn::check),
    sheet("phone",              false, true,  phone::check),
    sheet("ipv4",               false, true,  ip::check_v4),
    sheet("ipv6",               false, true,  ip::check_v6),
    sheet("email",              false, true,  email::check),
    sheet("basic-credentials",  false, true,  basic::check),
    sheet("us-itin",            false, true,  ids::us_itin),
    sheet("us-npi",             false, true,  ids::us_npi),
    sheet("us-dea",             false, true,  ids::us_dea),
    sheet("us-routing",         false, true,  ids::us_routing),
    sheet("ca-sin",             false, true,  ids::ca_sin),
    sheet("mx-curp",            false, true,  ids::mx_curp),
    sheet("mx-clabe",           false, true,  ids::mx_clabe),
    sheet("br-cpf",             false, true,  ids::br_cpf),
    sheet("br-cnpj",            false, true,  ids::br_cnpj),
    sheet("ar-cuit",            false, true,  ids::ar_cuit),
    sheet("ar-cbu",             false, true,  ids::ar_cbu),
    sheet("cl-rut",             false, true,  ids::cl_rut),
    sheet("co-nit",             false, true,  ids::co_nit),
    sheet("pe-ruc",             false, true,  ids::pe_ruc),
    sheet("ec-cedula",          false, true,  ids::ec_cedula),
    sheet("do-cedula",          false, true,  ids::do_cedula),
    sheet("uy-cedula",          false, true,  ids::uy_cedula),
    sheet("imei",               false, true,  ids::imei),
    sheet("gb-nino",            false, true,  ids::gb_nino),
    sheet("gb-nhs",             false, true,  ids::gb_nhs),
    sheet("gb-utr",             false, true,  ids::gb_utr),
    sheet("gb-driver",          false, true,  ids::gb_driver),
    sheet("ie-pps",             false, true,  ids::ie_pps),
    sheet("de-tax-id",          false, true,  ids::de_tax_id),
    sheet("de-pension",         false, true,  ids::de_pension),
    sheet("de-health",          false, true,  ids::de_health),
    sheet("de-doctor",          false, true,  ids::de_doctor),
    sheet("at-social",          false, true,  ids::at_social),
    sheet("ch-ahv",             false, true,  ids::ch_ahv),
    sheet("fr-nir",             false, true,  ids::fr_nir),
    sheet("fr-tax",             false, true,  ids::fr_tax),
    sheet("fr-siret",           false, true,  ids::fr_siret),
    sheet("be-national",        false, true,  ids::be_national),
    sheet("nl-bsn",             false, true,  ids::nl_bsn),
    sheet("lu-matricule",       false, true,  ids::lu_matricule),
    sheet("es-dni",             false, true,  ids::es_dni),
    sheet("es-social",          false, true,  ids::es_social),
    sheet("pt-nif",             false, true,  ids::pt_nif),
    sheet("it-fiscal-code",     false, true,  ids::it_fiscal_code),
    sheet("it-vat",             false, true,  ids::it_vat),
    sheet("gr-amka",            false, true,  ids::gr_amka),
    sheet("gr-afm",             false, true,  ids::gr_afm),
    sheet("dk-cpr",             false, true,  ids::dk_cpr),
    sheet("no-national",        false, true,  ids::no_national),
    sheet("se-person",          false, true,  ids::se_person),
    sheet("se-firm",            false, true,  ids::se_firm),
    sheet("fi-hetu",            false, true,  ids::fi_hetu),
    sheet("is-kennitala",       false, true,  ids::is_kennitala),
    sheet("ee-lt-person",       false, true,  ids::ee_lt_person),
    sheet("lv-person",          false, true,  ids::lv_person),
    sheet("pl-pesel",           false, true,  ids::pl_pesel),
    sheet("pl-nip",             false, true,  ids::pl_nip),
    sheet("pl-regon",           false, true,  ids::pl_regon),
    sheet("cz-sk-birth",        false, true,  ids::cz_sk_birth),
    sheet("hu-tax",             false, true,  ids::hu_tax),
    sheet("hu-social",          false, true,  ids::hu_social),
    sheet("ro-cnp",             false, true,  ids::ro_cnp),
    sheet("bg-egn",             false, true,  ids::bg_egn),
    sheet("hr-oib",             false, true,  ids::hr_oib),
    sheet("yu-jmbg",            false, true,  ids::yu_jmbg),
    sheet("tr-identity",        false, true,  ids::tr_identity),
    sheet("ru-inn",             false, true,  ids::ru_inn),
    sheet("ru-snils",           false, true,  ids::ru_snils),
    sheet("ua-taxpayer",        false, true,  ids::ua_taxpayer),
    sheet("kz-identity",        false, true,  ids::kz_identity),
    sheet("in-aadhaar",         false, true,  ids::in_aadhaar),
    sheet("in-gstin",           false, true,  ids::in_gstin),
    sheet("cn-resident",        false, true,  ids::cn_resident),
    sheet("kr-resident",        false, true,  ids::kr_resident),
    sheet("kr-firm",            false, true,  ids::kr_firm),
    sheet("jp-individual",      false, true,  ids::jp_individual),
    sheet("th-identity",        false, true,  ids::th_identity),
    sheet("sg-identity",        false, true,  ids::sg_identity),
    sheet("my-identity",        false, true,  ids::my_identity),
    sheet("id-population",      false, true,  ids::id_population),
    sheet("ph-taxpayer",        false, true,  ids::ph_taxpayer),
    sheet("pk-identity",        false, true,  ids::pk_identity),
    sheet("il-identity",        false, true,  ids::il_identity),
    sheet("sa-identity",        false, true,  ids::sa_identity),
    sheet("ae-identity",        false, true,  ids::ae_identity),
    sheet("kw-civil",           false, true,  ids::kw_civil),
    sheet("ir-national",        false, true,  ids::ir_national),
    sheet("au-tfn",             false, true,  ids::au_tfn),
    sheet("au-abn",             false, true,  ids::au_abn),
    sheet("au-acn",             false, true,  ids::au_acn),
    sheet("au-medicare",        false, true,  ids::au_medicare),
    sheet("nz-ird",             false, true,  ids::nz_ird),
    sheet("za-id",              false, true,  ids::za_id),
    sheet("ng-nin",             false, true,  ids::ng_nin),
    sheet("eg-national",        false, true,  ids::eg_national),
    sheet("eu-vat",             false, true,  ids::eu_vat),
    sheet("vin",                false, true,  vin::check),
    sheet("base58-check",       true,  true,  base58::check),
    sheet("seed-phrase",        true,  true,  bip39::check),
];

impl Validator {
    /// All validators.
    pub const ALL: &'static [Validator] = &[
        Validator::GithubCrc32,
        Validator::GithubPatSha256,
        Validator::GitlabRoutable,
        Validator::GrafanaCrc32,
        Validator::AtlassianCrc32,
        Validator::AzureDevopsCrc32,
        Validator::PypiMacaroon,
        Validator::Jwt,
        Validator::AwsKeyId,
        Validator::VercelCrc32,
        Validator::ZuploCrc32,
        Validator::AgeBech32,
        Validator::PaymentCard,
        Validator::Iban,
        Validator::UsSsn,
        Validator::Phone,
        Validator::Ipv4,
        Validator::Ipv6,
        Validator::Email,
        Validator::BasicCredentials,
        Validator::UsItin,
        Validator::UsNpi,
        Validator::UsDea,
        Validator::UsRouting,
        Validator::CaSin,
        Validator::MxCurp,
        Validator::MxClabe,
        Validator::BrCpf,
        Validator::BrCnpj,
        Validator::ArCuit,
        Validator::ArCbu,
        Validator::ClRut,
        Validator::CoNit,
        Validator::PeRuc,
        Validator::EcCedula,
        Validator::DoCedula,
        Validator::UyCedula,
        Validator::Imei,
        Validator::GbNino,
        Validator::GbNhs,
        Validator::GbUtr,
        Validator::GbDriver,
        Validator::IePps,
        Validator::DeTaxId,
        Validator::DePension,
        Validator::DeHealth,
        Validator::DeDoctor,
        Validator::AtSocial,
        Validator::ChAhv,
        Validator::FrNir,
        Validator::FrTax,
        Validator::FrSiret,
        Validator::BeNational,
        Validator::NlBsn,
        Validator::LuMatricule,
        Validator::EsDni,
        Validator::EsSocial,
        Validator::PtNif,
        Validator::ItFiscalCode,
        Validator::ItVat,
        Validator::GrAmka,
        Validator::GrAfm,
        Validator::DkCpr,
        Validator::NoNational,
        Validator::SePerson,
        Validator::SeFirm,
        Validator::FiHetu,
        Validator::IsKennitala,
        Validator::EeLtPerson,
        Validator::LvPerson,
        Validator::PlPesel,
        Validator::PlNip,
        Validator::PlRegon,
        Validator::CzSkBirth,
        Validator::HuTax,
        Validator::HuSocial,
        Validator::RoCnp,
        Validator::BgEgn,
        Validator::HrOib,
        Validator::YuJmbg,
        Validator::TrIdentity,
        Validator::RuInn,
        Validator::RuSnils,
        Validator::UaTaxpayer,
        Validator::KzIdentity,
        Validator::InAadhaar,
        Validator::InGstin,
        Validator::CnResident,
        Validator::KrResident,
        Validator::KrFirm,
        Validator::JpIndividual,
        Validator::ThIdentity,
        Validator::SgIdentity,
        Validator::MyIdentity,
        Validator::IdPopulation,
        Validator::PhTaxpayer,
        Validator::PkIdentity,
        Validator::IlIdentity,
        Validator::SaIdentity,
        Validator::AeIdentity,
        Validator::KwCivil,
        Validator::IrNational,
        Validator::AuTfn,
        Validator::AuAbn,
        Validator::AuAcn,
        Validator::AuMedicare,
        Validator::NzIrd,
        Validator::ZaId,
        Validator::NgNin,
        Validator::EgNational,
        Validator::EuVat,
        Validator::Vin,
        Validator::Base58Check,
        Validator::SeedPhrase,
    ];

    fn sheet(self) -> &'static Sheet {
        &SHEETS[self as usize]
    }

    /// The validator of this name in rule files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.name() == name)
    }

    /// The name in rule files.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.sheet().name
    }

    /// Whether `valid` proves the finding, so that its confidence is `certain`.
    #[must_use]
    pub fn proves(self) -> bool {
        self.sheet().proves
    }

    /// Whether `invalid` disproves it, so that there is no finding: only where the algorithm is proven on public samples.
    #[must_use]
    pub fn disproves(self) -> bool {
        self.sheet().disproves
    }

    /// Checks a match, its escapes undone. Linear in its length.
    #[must_use]
    pub fn check(self, value: &[u8]) -> Verdict {
        (self.sheet().check)(value)
    }
}

/// For checks that know right from wrong and nothing between.
fn valid_if(right: bool) -> Verdict {
    if right { Verdict::Valid } else { Verdict::Invalid }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    use super::*;

    #[test]
    fn names_are_unique_and_the_same_everywhere() {
        for (i, validator) in Validator::ALL.iter().copied().enumerate() {
            assert_eq!(validator as usize, i);
            assert_eq!(Validator::from_name(validator.name()), Some(validator));
            let name: StrDeserializer<'_, Error> = validator.name().into_deserializer();
            assert_eq!(Validator::deserialize(name), Ok(validator));
        }
        assert_eq!(Validator::from_name("luck"), None);
    }

    /// Bytes that are of no form at all, cut forms, and forms with odd bytes: an answer, never a panic.
    #[test]
    fn any_bytes_get_an_answer() {
        let forms = [
            "ghp_0123456789",
            "github_pat_",
            "glpat-a.01.0w0sfevch",
            "glsa_",
            "ATATT3=",
            "ATBB",
            "pypi-AgEIcHlwaS5vcmc",
            "eyJ.eyJ.x",
            "..",
            ".....",
            "AKIA",
            "vcp_",
            "zpka__",
            "AGE-SECRET-KEY-1",
            "1qqqqqq",
            "4111 1111-1111 1111",
            "GB82 WEST 1234",
            "078-05-1120",
            "+1 (212) 555-0123",
            "+",
            "1.2.3",
            "::",
            "1::2::3",
            "a@b",
            "@",
            "a@.com",
        ];
        let mut seed = 1u64;
        for validator in Validator::ALL {
            for form in forms {
                for end in 0..=form.len() {
                    let _ = validator.check(&form.as_bytes()[..end]);
                }
                for _ in 0..200 {
                    let mut bytes = form.as_bytes().to_vec();
                    seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    let at = (seed >> 33) as usize % bytes.len();
                    bytes[at] = (seed >> 25) as u8;
                    let _ = validator.check(&bytes);
                }
            }
            for length in 0..200 {
                for byte in [0, b' ', b'0', b'A', b'a', b'.', b'_', 0x80, 0xff] {
                    let _ = validator.check(&vec![byte; length]);
                }
            }
        }
    }
}
