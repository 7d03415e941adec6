//! Who may do what: one table, operation × role. It decides at run time, through the marker type that stands
//! in a handler's first argument, and it writes the roles into the OpenAPI document.

use super::actor::Role;

/// The right to one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// The `operationId` in the OpenAPI document.
    pub operation: &'static str,
    /// Who has it; `None`: everybody, also without signing in.
    pub roles: Option<&'static [Role]>,
}

impl Right {
    /// Whether a signed-in account of this role has the right.
    pub fn allows(&self, role: Role) -> bool {
        self.roles.is_none_or(|roles| roles.contains(&role))
    }

    /// The row of an operation.
    pub fn of(operation: &str) -> Option<&'static Self> {
        TABLE.iter().find(|right| right.operation == operation)
    }
}

/// The marker type of an operation.
pub trait Operation: 'static {
    /// Its row in the table.
    const RIGHT: Right;
}

/// An operation that only certain roles may use.
pub trait Restricted: Operation {}

/// An operation that anybody may use, also without signing in.
pub trait Open: Operation {}

macro_rules! rights {
    (@roles anyone) => { None };
    (@roles signed_in) => { Some(&Role::ALL) };
    (@roles $($role:ident)+) => { Some(&[$(Role::$role),+]) };
    (@kind $name:ident anyone) => { impl super::Open for $name {} };
    (@kind $name:ident $($role:ident)+) => { impl super::Restricted for $name {} };
    ($($name:ident = $id:literal: $($role:ident)+;)+) => {
        /// The table.
        pub static TABLE: &[Right] = &[$(<op::$name as Operation>::RIGHT),+];

        /// One marker type an operation.
        pub mod op {
            use super::{Operation, Right, Role};
            $(
                #[doc = concat!("The right to `", $id, "`.")]
                #[derive(Clone, Copy, Debug)]
                pub struct $name;
                impl Operation for $name {
                    const RIGHT: Right = Right { operation: $id, roles: rights!(@roles $($role)+) };
                }
                rights!(@kind $name $($role)+);
            )+
        }
    };
}

// `anyone`: without signing in. `signed_in`: every role.
rights! {
    SignIn = "signIn": anyone;
    ClaimAccount = "claimAccount": anyone;
    RequestSignInCode = "requestSignInCode": anyone;
    SignInWithCode = "signInWithCode": anyone;
    RefreshSession = "refreshSession": anyone;
    SignOut = "signOut": anyone;
    GetJwks = "getJwks": anyone;

    GetMe = "getMe": signed_in;
    SetMyPhone = "setMyPhone": Owner;
    ConfirmMyPhone = "confirmMyPhone": Owner;
    GetMyStatus = "getMyStatus": Owner;
    ListMyMatches = "listMyMatches": Owner;
    GetMyDoors = "getMyDoors": Owner;
    GetMyVenture = "getMyVenture": Owner;
    ChangeMyVenture = "changeMyVenture": Owner;
    GetMySupportPlan = "getMySupportPlan": Owner;
    ListMyConsents = "listMyConsents": Owner;
    GiveMyConsent = "giveMyConsent": Owner;
    WithdrawMyConsent = "withdrawMyConsent": Owner;
    GetMyData = "getMyData": Owner;
    ListMyAccessLog = "listMyAccessLog": Owner;
    ListMyRequests = "listMyRequests": Owner;
    CreateMyRequest = "createMyRequest": Owner;
    ListMyComplaints = "listMyComplaints": Owner;
    CreateMyComplaint = "createMyComplaint": Owner;
    CreateCompanion = "createCompanion": Owner;
    ListCompanions = "listCompanions": Owner;
    EndCompanion = "endCompanion": Owner;
    ListMandates = "listMandates": Assessor;
    AcceptMandate = "acceptMandate": Assessor;
    StartMandateSession = "startMandateSession": Assessor;
    EndMandate = "endMandate": Assessor;

    CreateCohort = "createCohort": Staff;
    ListCohorts = "listCohorts": Staff;
    GetCohort = "getCohort": Staff;
    ChangeCohort = "changeCohort": Staff;
    ListParticipants = "listParticipants": Staff;
    GetParticipant = "getParticipant": Staff;
    EraseParticipant = "eraseParticipant": Staff;
    ListSessions = "listSessions": Staff;
    CreateSession = "createSession": Staff;
    GetSession = "getSession": Staff;
    ChangeSession = "changeSession": Staff;
    DeleteSession = "deleteSession": Staff;
    NoteAttendance = "noteAttendance": Staff;
    ListNextSteps = "listNextSteps": Staff;
    ListTrainingDoors = "listTrainingDoors": Staff;

    ListVentures = "listVentures": Staff;
    GetVenture = "getVenture": Staff Assessor;
    EraseVenture = "eraseVenture": Staff;
    GetSupportPlan = "getSupportPlan": Staff;
    WriteSupportPlan = "writeSupportPlan": Staff;
    ListVentureAssessments = "listVentureAssessments": Staff;
    PrintResultCard = "printResultCard": Staff;
    IssueClaimCode = "issueClaimCode": Staff;
    ListConsents = "listConsents": Staff;
    GiveConsent = "giveConsent": Staff;
    WithdrawConsent = "withdrawConsent": Staff;

    CreateDataRequest = "createDataRequest": Staff;
    ListDataRequests = "listDataRequests": Staff;
    GetDataRequest = "getDataRequest": Staff;
    ChangeDataRequest = "changeDataRequest": Staff;

    CreateComplaint = "createComplaint": Staff;
    ListComplaints = "listComplaints": Staff;
    GetComplaint = "getComplaint": Staff;
    ChangeComplaint = "changeComplaint": Staff;
    CreateIncident = "createIncident": Staff;
    ListIncidents = "listIncidents": Staff;
    GetIncident = "getIncident": Staff;
    ChangeIncident = "changeIncident": Staff;
    ListAffected = "listAffected": Staff;

    CreateRubric = "createRubric": Staff;
    ListRubrics = "listRubrics": signed_in;
    GetRubric = "getRubric": signed_in;
    CreateRubricVersion = "createRubricVersion": Staff;
    ListRubricVersions = "listRubricVersions": signed_in;
    GetRubricVersion = "getRubricVersion": signed_in;
    PublishRubricVersion = "publishRubricVersion": Staff;

    ListAssessments = "listAssessments": Staff Assessor;
    GetAssessment = "getAssessment": Staff Assessor;

    CreateImport = "createImport": Staff;
    ListImports = "listImports": Staff;
    GetImport = "getImport": Staff;
    ListImportErrors = "listImportErrors": Staff;

    CreateInvestor = "createInvestor": Staff;
    ListInvestors = "listInvestors": Staff;
    GetInvestor = "getInvestor": Staff Investor;
    ChangeInvestor = "changeInvestor": Staff Investor;
    VerifyInvestor = "verifyInvestor": Staff;

    CreateCriteria = "createCriteria": Staff Investor;
    ListCriteria = "listCriteria": Staff Auditor Investor;
    ChangeCriteria = "changeCriteria": Staff;
    GetCriteria = "getCriteria": Staff Auditor Investor;
    CreateCriteriaVersion = "createCriteriaVersion": Staff Investor;
    ListCriteriaVersions = "listCriteriaVersions": Staff Auditor Investor;
    GetCriteriaVersion = "getCriteriaVersion": Staff Auditor Investor;
    ApproveCriteriaVersion = "approveCriteriaVersion": Staff;
    PublishCriteriaVersion = "publishCriteriaVersion": Staff;
    ListLiveMatches = "listLiveMatches": Staff;
    Rank = "rank": Staff Investor;
    CompareRankings = "compareRankings": Staff;
    GetStability = "getStability": Staff;
    GetTornado = "getTornado": Staff;
    GetAcceptability = "getAcceptability": Staff;
    GetFairness = "getFairness": Staff Auditor;

    CreateAllocation = "createAllocation": Staff;
    ListAllocations = "listAllocations": Staff;
    GetAllocation = "getAllocation": Staff;
    ElicitWeights = "elicitWeights": Staff;
    AskSecondOpinions = "askSecondOpinions": Staff;

    CreateMatchList = "createMatchList": Staff;
    ListMatchLists = "listMatchLists": Staff Auditor Investor;
    GetMatchList = "getMatchList": Staff Auditor Investor;
    PublishMatchList = "publishMatchList": Staff;
    ListMatchListEntries = "listMatchListEntries": Staff Auditor Investor;
    GetMatchListEntry = "getMatchListEntry": Staff Auditor Investor;
    GetCard = "getCard": Investor;
    CompareCards = "compareCards": Investor;
    ListNews = "listNews": Investor;
    VisitMatchList = "visitMatchList": Investor;
    ListChanges = "listChanges": Staff Auditor;
    ReplayMatchList = "replayMatchList": Staff Auditor;
    GetMatchListKit = "getMatchListKit": Staff Auditor;

    ListMatches = "listMatches": Staff Auditor Investor;
    GetMatch = "getMatch": Staff Auditor Investor Owner;
    MoveMatch = "moveMatch": Staff Investor Owner;
    GetMatchNote = "getMatchNote": Investor;
    WriteMatchNote = "writeMatchNote": Investor;
    ConfirmDeletion = "confirmDeletion": Investor;
    ListMatchReports = "listMatchReports": Staff Investor Owner;
    ReportOnMatch = "reportOnMatch": Staff Investor Owner;

    GetFunnelReport = "getFunnelReport": Staff Auditor;
    GetExposureReport = "getExposureReport": Staff Auditor;
    GetCoverageReport = "getCoverageReport": Staff Auditor;
    GetAgreementReport = "getAgreementReport": Staff Auditor;
    GetNextStepsReport = "getNextStepsReport": Staff Auditor;
    GetAttendanceReport = "getAttendanceReport": Staff Auditor;
    GetOverdueReport = "getOverdueReport": Staff Auditor;

    CreateWebhook = "createWebhook": Staff Investor;
    ListWebhooks = "listWebhooks": Staff Investor;
    GetWebhook = "getWebhook": Staff Investor;
    ChangeWebhook = "changeWebhook": Staff Investor;
    DeleteWebhook = "deleteWebhook": Staff Investor;
    RotateWebhookSecret = "rotateWebhookSecret": Staff Investor;
    ListDeliveries = "listDeliveries": Staff Investor;
    RetryDelivery = "retryDelivery": Staff Investor;

    GetRetention = "getRetention": Staff;
    GetRequestsReport = "getRequestsReport": Staff Auditor;

    ListAudit = "listAudit": Auditor Admin;
    VerifyAudit = "verifyAudit": Auditor Admin;

    ListFields = "listFields": signed_in;
    ListSectors = "listSectors": signed_in;
    ListRegions = "listRegions": signed_in;
    ListSdgs = "listSdgs": signed_in;
    ListInstruments = "listInstruments": signed_in;
    ListMinimumWages = "listMinimumWages": signed_in;
    ListProgrammeFigures = "listProgrammeFigures": signed_in;

    CreateUser = "createUser": Admin;
    ListUsers = "listUsers": Admin;
    GetUser = "getUser": Admin;
    ChangeUser = "changeUser": Admin;

    CreateServiceToken = "createServiceToken": Admin;
    ListServiceTokens = "listServiceTokens": Admin;
    GetServiceToken = "getServiceToken": Admin;
    ChangeServiceToken = "changeServiceToken": Admin;
}
