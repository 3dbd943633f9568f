//! The validators: one row each. From the rows come the type, the list and what each answer is worth.

use serde::{Deserialize, Serialize};

use super::{
    atlassian, aws, azure, azure_keys, base58, basic, bech32, bip39, card, email, github, gitlab, grafana, iban, ids, ip, jwt, phone, pypi,
    ssn, vault, vercel, vin, zuplo,
};
use crate::finding::Verdict;

/// What a validator is: its name in rule files, and what its answers are worth.
pub(super) struct Sheet {
    pub(super) name: &'static str,
    pub(super) proves: bool,
    pub(super) disproves: bool,
    pub(super) check: fn(&[u8]) -> Verdict,
}

/// Makes the type, [`Validator::ALL`] and [`SHEETS`] of rows: name in code, name in rule files, whether `valid` proves,
/// whether `invalid` disproves, the check.
macro_rules! validators {
    ($($(#[$doc:meta])* $variant:ident: $name:literal, $proves:literal, $disproves:literal, $check:path;)*) => {
        /// An offline check by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Validator {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Validator {
            /// All validators.
            pub const ALL: &'static [Validator] = &[$(Validator::$variant),*];
        }

        /// In the order of [`Validator`].
        pub(super) static SHEETS: &[Sheet] =
            &[$(Sheet { name: $name, proves: $proves, disproves: $disproves, check: $check }),*];
    };
}

validators! {
    /// GitHub's classic tokens and npm's: the body ends with its own CRC-32 in base 62.
    GithubCrc32: "github-crc32", true, true, github::check_classic;
    /// GitHub's fine-grained tokens: eight characters of a SHA-256 inside.
    GithubPatSha256: "github-pat-sha256", true, true, github::check_fine_grained;
    /// GitLab's routable tokens: payload length and CRC-32 in base 36.
    GitlabRoutable: "gitlab-routable", true, true, gitlab::check;
    /// Grafana's service account tokens: little-endian CRC-32 in hexadecimal.
    GrafanaCrc32: "grafana-crc32", true, true, grafana::check;
    /// Atlassian's tokens: CRC-32 in hexadecimal at the end.
    AtlassianCrc32: "atlassian-crc32", true, true, atlassian::check;
    /// Azure DevOps' 52-character tokens: CRC-32 scattered over the decoded bytes.
    AzureDevopsCrc32: "azure-devops-crc32", true, true, azure::check;
    /// PyPI's tokens: a macaroon that parses to its end.
    PypiMacaroon: "pypi-macaroon", true, true, pypi::check;
    /// JSON web tokens: a header that is JSON with `alg`.
    Jwt: "jwt", true, true, jwt::check;
    /// The same in base64 once more, as settings and variables of pipelines carry them.
    JwtBase64: "jwt-base64", true, false, jwt::check_base64;
    /// AWS access key ids: 16 base-32 characters.
    AwsKeyId: "aws-key-id", false, false, aws::check;
    /// Vercel's tokens: the body ends with its own CRC-32 in base 62.
    VercelCrc32: "vercel-crc32", true, false, vercel::check;
    /// Zuplo's keys: CRC-32 in hexadecimal after the body.
    ZuploCrc32: "zuplo-crc32", true, false, zuplo::check;
    /// Keys of age, and others in Bech32.
    AgeBech32: "age-bech32", true, true, bech32::check;
    /// Azure's storage and batch account keys: Marvin32 in the last four bytes.
    AzureIdentifiable: "azure-identifiable", true, false, azure_keys::check;
    /// Azure's annotated keys: they tell when they were issued.
    AzureAnnotated: "azure-annotated", false, false, azure_keys::check_annotated;
    /// Vault's tokens: a signed message that parses to its end.
    VaultToken: "vault-token", true, false, vault::check;
    /// Payment card numbers: issuer range, length and Luhn digit.
    PaymentCard: "payment-card", false, true, card::check;
    /// International bank account numbers: country, structure and two check digits.
    Iban: "iban", true, true, iban::check;
    /// United States social security numbers: ranges that are given out.
    UsSsn: "us-ssn", false, true, ssn::check;
    /// Phone numbers: country code and length, or a North American number.
    Phone: "phone", false, true, phone::check;
    /// IPv4 addresses: public, private or of no interest.
    Ipv4: "ipv4", false, true, ip::check_v4;
    /// IPv6 addresses: public, private or of no interest.
    Ipv6: "ipv6", false, true, ip::check_v6;
    /// E-mail addresses: a domain that may exist.
    Email: "email", false, true, email::check;
    /// `user:password` in base64.
    BasicCredentials: "basic-credentials", false, true, basic::check;
    /// United States individual taxpayer numbers.
    UsItin: "us-itin", false, true, ids::us_itin;
    /// United States providers of health care.
    UsNpi: "us-npi", false, true, ids::us_npi;
    /// United States prescribers.
    UsDea: "us-dea", false, true, ids::us_dea;
    /// United States bank routing numbers.
    UsRouting: "us-routing", false, true, ids::us_routing;
    /// Canadian social insurance numbers.
    CaSin: "ca-sin", false, true, ids::ca_sin;
    /// Mexican population register codes.
    MxCurp: "mx-curp", false, true, ids::mx_curp;
    /// Mexican bank accounts.
    MxClabe: "mx-clabe", false, true, ids::mx_clabe;
    /// Brazilian taxpayers.
    BrCpf: "br-cpf", false, true, ids::br_cpf;
    /// Brazilian firms.
    BrCnpj: "br-cnpj", false, true, ids::br_cnpj;
    /// Argentine taxpayers.
    ArCuit: "ar-cuit", false, true, ids::ar_cuit;
    /// Argentine bank accounts.
    ArCbu: "ar-cbu", false, true, ids::ar_cbu;
    /// Chilean taxpayers.
    ClRut: "cl-rut", false, true, ids::cl_rut;
    /// Colombian taxpayers.
    CoNit: "co-nit", false, true, ids::co_nit;
    /// Peruvian taxpayers.
    PeRuc: "pe-ruc", false, true, ids::pe_ruc;
    /// Ecuadorian identity numbers.
    EcCedula: "ec-cedula", false, true, ids::ec_cedula;
    /// Dominican identity numbers.
    DoCedula: "do-cedula", false, true, ids::do_cedula;
    /// Uruguayan identity numbers.
    UyCedula: "uy-cedula", false, true, ids::uy_cedula;
    /// Devices of mobile networks.
    Imei: "imei", false, true, ids::imei;
    /// British National Insurance numbers.
    GbNino: "gb-nino", false, true, ids::gb_nino;
    /// British National Health Service numbers.
    GbNhs: "gb-nhs", false, true, ids::gb_nhs;
    /// British taxpayers.
    GbUtr: "gb-utr", false, true, ids::gb_utr;
    /// British driving licences.
    GbDriver: "gb-driver", false, true, ids::gb_driver;
    /// Irish personal public service numbers.
    IePps: "ie-pps", false, true, ids::ie_pps;
    /// German tax ids.
    DeTaxId: "de-tax-id", false, true, ids::de_tax_id;
    /// German pension insurance numbers.
    DePension: "de-pension", false, true, ids::de_pension;
    /// German health insurance numbers.
    DeHealth: "de-health", false, true, ids::de_health;
    /// German doctors.
    DeDoctor: "de-doctor", false, true, ids::de_doctor;
    /// Austrian social insurance numbers.
    AtSocial: "at-social", false, true, ids::at_social;
    /// Swiss old-age insurance numbers.
    ChAhv: "ch-ahv", false, true, ids::ch_ahv;
    /// French social security numbers.
    FrNir: "fr-nir", false, true, ids::fr_nir;
    /// French tax numbers.
    FrTax: "fr-tax", false, true, ids::fr_tax;
    /// French firms and establishments.
    FrSiret: "fr-siret", false, true, ids::fr_siret;
    /// Belgian national numbers.
    BeNational: "be-national", false, true, ids::be_national;
    /// Dutch citizen service numbers.
    NlBsn: "nl-bsn", false, true, ids::nl_bsn;
    /// Luxembourg identification numbers.
    LuMatricule: "lu-matricule", false, true, ids::lu_matricule;
    /// Spanish identity documents of citizens and foreigners.
    EsDni: "es-dni", false, true, ids::es_dni;
    /// Spanish social security numbers.
    EsSocial: "es-social", false, true, ids::es_social;
    /// Portuguese taxpayers.
    PtNif: "pt-nif", false, true, ids::pt_nif;
    /// Italian fiscal codes.
    ItFiscalCode: "it-fiscal-code", false, true, ids::it_fiscal_code;
    /// Italian firms.
    ItVat: "it-vat", false, true, ids::it_vat;
    /// Greek social security numbers.
    GrAmka: "gr-amka", false, true, ids::gr_amka;
    /// Greek taxpayers.
    GrAfm: "gr-afm", false, true, ids::gr_afm;
    /// Danish person numbers.
    DkCpr: "dk-cpr", false, true, ids::dk_cpr;
    /// Norwegian identity numbers.
    NoNational: "no-national", false, true, ids::no_national;
    /// Swedish person numbers.
    SePerson: "se-person", false, true, ids::se_person;
    /// Swedish firms.
    SeFirm: "se-firm", false, true, ids::se_firm;
    /// Finnish identity codes.
    FiHetu: "fi-hetu", false, true, ids::fi_hetu;
    /// Icelandic identity numbers.
    IsKennitala: "is-kennitala", false, true, ids::is_kennitala;
    /// Estonian and Lithuanian personal codes.
    EeLtPerson: "ee-lt-person", false, true, ids::ee_lt_person;
    /// Latvian personal codes.
    LvPerson: "lv-person", false, true, ids::lv_person;
    /// Polish person numbers.
    PlPesel: "pl-pesel", false, true, ids::pl_pesel;
    /// Polish taxpayers.
    PlNip: "pl-nip", false, true, ids::pl_nip;
    /// Polish firms.
    PlRegon: "pl-regon", false, true, ids::pl_regon;
    /// Czech and Slovak birth numbers.
    CzSkBirth: "cz-sk-birth", false, true, ids::cz_sk_birth;
    /// Hungarian taxpayers.
    HuTax: "hu-tax", false, true, ids::hu_tax;
    /// Hungarian social security numbers.
    HuSocial: "hu-social", false, true, ids::hu_social;
    /// Romanian personal codes.
    RoCnp: "ro-cnp", false, true, ids::ro_cnp;
    /// Bulgarian civil numbers.
    BgEgn: "bg-egn", false, true, ids::bg_egn;
    /// Croatian personal numbers.
    HrOib: "hr-oib", false, true, ids::hr_oib;
    /// Citizen numbers of what was Yugoslavia.
    YuJmbg: "yu-jmbg", false, true, ids::yu_jmbg;
    /// Turkish identity numbers.
    TrIdentity: "tr-identity", false, true, ids::tr_identity;
    /// Russian taxpayers.
    RuInn: "ru-inn", false, true, ids::ru_inn;
    /// Russian pension insurance numbers.
    RuSnils: "ru-snils", false, true, ids::ru_snils;
    /// Ukrainian taxpayers.
    UaTaxpayer: "ua-taxpayer", false, true, ids::ua_taxpayer;
    /// Kazakh identity numbers.
    KzIdentity: "kz-identity", false, true, ids::kz_identity;
    /// Indian identity numbers.
    InAadhaar: "in-aadhaar", false, true, ids::in_aadhaar;
    /// Indian goods and services taxpayers.
    InGstin: "in-gstin", false, true, ids::in_gstin;
    /// Chinese resident identity numbers.
    CnResident: "cn-resident", false, true, ids::cn_resident;
    /// South Korean resident numbers.
    KrResident: "kr-resident", false, true, ids::kr_resident;
    /// South Korean firms.
    KrFirm: "kr-firm", false, true, ids::kr_firm;
    /// Japanese individual numbers.
    JpIndividual: "jp-individual", false, true, ids::jp_individual;
    /// Thai identity numbers.
    ThIdentity: "th-identity", false, true, ids::th_identity;
    /// Singaporean identity numbers.
    SgIdentity: "sg-identity", false, true, ids::sg_identity;
    /// Malaysian identity cards.
    MyIdentity: "my-identity", false, true, ids::my_identity;
    /// Indonesian population numbers.
    IdPopulation: "id-population", false, true, ids::id_population;
    /// Philippine taxpayers.
    PhTaxpayer: "ph-taxpayer", false, true, ids::ph_taxpayer;
    /// Pakistani identity cards.
    PkIdentity: "pk-identity", false, true, ids::pk_identity;
    /// Israeli identity numbers.
    IlIdentity: "il-identity", false, true, ids::il_identity;
    /// Saudi identity numbers.
    SaIdentity: "sa-identity", false, true, ids::sa_identity;
    /// Identity cards of the Emirates.
    AeIdentity: "ae-identity", false, true, ids::ae_identity;
    /// Kuwaiti civil numbers.
    KwCivil: "kw-civil", false, true, ids::kw_civil;
    /// Iranian national codes.
    IrNational: "ir-national", false, true, ids::ir_national;
    /// Australian tax file numbers.
    AuTfn: "au-tfn", false, true, ids::au_tfn;
    /// Australian business numbers.
    AuAbn: "au-abn", false, true, ids::au_abn;
    /// Australian company numbers.
    AuAcn: "au-acn", false, true, ids::au_acn;
    /// Australian Medicare cards.
    AuMedicare: "au-medicare", false, true, ids::au_medicare;
    /// New Zealand taxpayers.
    NzIrd: "nz-ird", false, true, ids::nz_ird;
    /// South African identity numbers.
    ZaId: "za-id", false, true, ids::za_id;
    /// Nigerian identity numbers.
    NgNin: "ng-nin", false, true, ids::ng_nin;
    /// Egyptian national numbers.
    EgNational: "eg-national", false, true, ids::eg_national;
    /// Value added tax numbers: a country and its own checksum.
    EuVat: "eu-vat", false, true, ids::eu_vat;
    /// Vehicle identification numbers.
    Vin: "vin", false, true, vin::check;
    /// Bitcoin addresses and keys: four bytes of a double SHA-256.
    Base58Check: "base58-check", true, true, base58::check;
    /// Seed phrases of wallets: words of a list, and bits of a SHA-256.
    SeedPhrase: "seed-phrase", true, true, bip39::check;
}
