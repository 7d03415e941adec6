//! The one table of error codes. It feeds the `Problem` answers, the pages under `/problems/{code}` and
//! the responses of the OpenAPI document, so a code cannot exist in one of them alone.
//!
//! To add one, add a row: the code is an API promise and never changes its meaning or status.

use actix_web::http::StatusCode;

use crate::domain::text::Words;

/// What one code means.
#[derive(Debug)]
pub struct Entry {
    /// The code as printed: `not_found`.
    pub code: &'static str,
    /// The HTTP status it always has.
    pub status: StatusCode,
    /// A short title for people.
    pub title: Words,
    /// What the caller does next; the `detail` of a problem that has nothing more exact to say.
    pub remedy: Words,
    /// Whether the same request may succeed later without being changed.
    pub retryable: bool,
}

macro_rules! codes_table {
    ($($(#[$doc:meta])* $name:ident = $code:literal $status:ident $retry:literal
        $title_id:literal / $title_en:literal
        $remedy_id:literal / $remedy_en:literal;)+) => {
        /// A reason why a request was refused or failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name),+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What the code means.
            pub const fn entry(self) -> &'static Entry {
                match self {$(
                    Self::$name => {
                        const ENTRY: Entry = Entry {
                            code: $code,
                            status: StatusCode::$status,
                            title: Words::new($title_id, $title_en),
                            remedy: Words::new($remedy_id, $remedy_en),
                            retryable: $retry,
                        };
                        &ENTRY
                    }
                )+}
            }
        }
    };
}

codes_table! {
    /// The path, or the thing it names, does not exist for this caller.
    NotFound = "not_found" NOT_FOUND false
        "Tidak ditemukan" / "Not found"
        "Periksa alamat dan id-nya. Data yang bukan milik Anda dijawab sama seperti data yang tidak ada."
        / "Check the path and the id in it. What is not yours is answered exactly like what does not exist.";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed" METHOD_NOT_ALLOWED false
        "Metode tidak didukung" / "Method not allowed"
        "Gunakan salah satu metode pada header Allow." / "Use one of the methods in the Allow header.";
    /// No token, or one that does not hold.
    Unauthenticated = "unauthenticated" UNAUTHORIZED false
        "Belum masuk" / "Not signed in"
        "Masuk melalui POST /v1/auth/token atau perbarui token melalui POST /v1/auth/refresh, lalu kirim header Authorization: Bearer."
        / "Sign in at POST /v1/auth/token or renew at POST /v1/auth/refresh, then send the header Authorization: Bearer.";
    /// The sign-in itself failed.
    WrongCredentials = "wrong_credentials" UNAUTHORIZED false
        "Nama pengguna, kata sandi, atau kode salah" / "Wrong username, password or code"
        "Periksa penulisannya, lalu coba lagi." / "Check the spelling and try again.";
    /// Signed in, but the role does not have this right.
    Forbidden = "forbidden" FORBIDDEN false
        "Peran Anda tidak berhak" / "Your role may not do this"
        "Mintalah kepada rekan dengan peran yang disebut pada dokumentasi operasi ini."
        / "Ask somebody who has one of the roles named in this operation's documentation.";
    /// A service token that was not given this operation.
    OutOfScope = "out_of_scope" FORBIDDEN false
        "Token layanan tidak mencakup operasi ini" / "Not among this token's operations"
        "Mintalah pengelola menambahkan operasi ini pada token layanan."
        / "Ask the administrator to add this operation to the service token.";
    /// A pendamping acts for the owner, and this needs the owner's own word.
    OwnWordOnly = "own_word_only" FORBIDDEN false
        "Ini hanya bisa dilakukan pemilik sendiri" / "Only the owner can do this"
        "Mintalah pemilik masuk dengan akunnya sendiri dan melakukannya. Anda bisa membacakan dan menjelaskannya."
        / "Have the owner sign in and do it. You can read it out and explain it.";
    /// A query parameter is unknown, repeated or of the wrong form.
    InvalidQuery = "invalid_query" BAD_REQUEST false
        "Parameter kueri tidak sah" / "Invalid query parameters"
        "Perbaiki parameter yang disebut dalam errors." / "Mend the parameters named in errors.";
    /// The body is not of a type this operation reads.
    UnsupportedMediaType = "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE false
        "Jenis isi tidak didukung" / "Unsupported content type"
        "Kirim jenis isi yang tercantum pada dokumentasi operasi ini, tanpa kompresi."
        / "Send the content type named in this operation's documentation, not compressed.";
    /// The body is longer than this operation reads.
    BodyTooLarge = "body_too_large" PAYLOAD_TOO_LARGE false
        "Isi terlalu besar" / "Body too large"
        "Kirim isi yang lebih kecil." / "Send a smaller body.";
    /// The body is not JSON, repeats a member or nests too deep.
    NotJson = "not_json" BAD_REQUEST false
        "Isi bukan JSON yang sah" / "Body is not valid JSON"
        "Perbaiki JSON-nya: UTF-8, tanpa anggota ganda, tidak terlalu dalam."
        / "Mend the JSON: UTF-8, no repeated members, not nested too deep.";
    /// The body is JSON of the wrong shape, or breaks a rule.
    InvalidBody = "invalid_body" UNPROCESSABLE_ENTITY false
        "Isi tidak memenuhi aturan" / "Body breaks the rules"
        "Perbaiki setiap anggota yang disebut dalam errors." / "Mend each member named in errors.";
    /// The request could not be read at all.
    BadRequest = "bad_request" BAD_REQUEST false
        "Permintaan tidak terbaca" / "Unreadable request"
        "Periksa bentuk permintaan HTTP-nya." / "Check the form of the HTTP request.";
    /// None of the encodings the caller accepts can be produced.
    NotAcceptable = "not_acceptable" NOT_ACCEPTABLE false
        "Bentuk jawaban tidak tersedia" / "No acceptable answer"
        "Longgarkan header Accept atau Accept-Encoding." / "Loosen the Accept or Accept-Encoding header.";
    /// A write without If-Match, or with one that names no single version.
    PreconditionRequired = "precondition_required" PRECONDITION_REQUIRED false
        "If-Match diperlukan" / "If-Match required"
        "Baca dulu datanya, lalu kirim ETag-nya sebagai If-Match: tepat satu versi."
        / "Read the resource first, then send its ETag as If-Match: exactly one version.";
    /// Somebody else changed it in the meantime.
    StaleVersion = "stale_version" PRECONDITION_FAILED false
        "Data sudah berubah" / "Changed in the meantime"
        "Baca versi terbaru, terapkan perubahan Anda di atasnya, lalu kirim dengan ETag yang baru."
        / "Read the newest version, apply your change to it, and send it with the new ETag.";
    /// The Idempotency-Key is repeated, empty, too long or not of printable ASCII.
    InvalidIdempotencyKey = "invalid_idempotency_key" BAD_REQUEST false
        "Idempotency-Key tidak sah" / "Invalid Idempotency-Key"
        "Kirim satu Idempotency-Key dari 1 sampai 200 karakter ASCII yang tercetak, misalnya sebuah UUID."
        / "Send one Idempotency-Key of 1 to 200 printable ASCII characters, a UUID for example.";
    /// The Idempotency-Key came with another request before.
    IdempotencyKeyReused = "idempotency_key_reused" UNPROCESSABLE_ENTITY false
        "Idempotency-Key sudah dipakai" / "Idempotency-Key used before"
        "Kunci ini sudah dipakai untuk permintaan lain. Pakai kunci baru untuk setiap permintaan baru."
        / "This key came with another request. Use a new key for each new request.";
    /// The username is somebody's already.
    UsernameTaken = "username_taken" CONFLICT false
        "Nama pengguna sudah dipakai" / "Username taken"
        "Pilih nama pengguna lain."
        / "Choose another username.";
    /// Another account has this identity.
    IdentityTaken = "identity_taken" CONFLICT false
        "Identitas sudah dipakai akun lain" / "Identity taken"
        "Lepaskan identitas ini dari akun yang lain dulu, atau pakai identitas lain."
        / "Take this identity from the other account first, or use another one.";
    /// This side may not make this move from where the match stands.
    MoveNotOpen = "move_not_open" CONFLICT false
        "Langkah ini tidak terbuka" / "This move is not open"
        "Baca moves pada kecocokan ini: itulah langkah yang terbuka bagi Anda sekarang."
        / "Read moves of this match: those are open to you now.";
    /// Staff have not yet seen the investor's papers.
    InvestorNotVerified = "investor_not_verified" CONFLICT false
        "Investor belum diverifikasi" / "Investor not verified"
        "Mintalah staf program memeriksa identitas, kode etik, dan perjanjian data Anda dulu."
        / "Ask the programme's staff to check your identity, code of conduct and data agreement first.";
    /// As many requests about data, or complaints, are open as one owner may have.
    TooManyRequestsOpen = "too_many_requests_open" CONFLICT false
        "Terlalu banyak permintaan terbuka" / "Too many open requests"
        "Tunggu jawaban atas permintaan sebelumnya, lalu kirim yang baru."
        / "Wait until an earlier request is answered, then send another.";
    /// The request has ended.
    RequestResolved = "request_resolved" CONFLICT false
        "Permintaan sudah dijawab" / "Request already answered"
        "Catat permintaan baru bila ada yang perlu ditambahkan."
        / "Note another request if there is more to be said.";
    /// The complaint or incident is closed.
    CaseClosed = "case_closed" CONFLICT false
        "Kasus sudah ditutup" / "Case closed"
        "Catat kasus baru bila ada yang perlu ditambahkan."
        / "Write another one down if there is more to be said.";
    /// The investor has paused.
    InvestorPaused = "investor_paused" CONFLICT false
        "Investor sedang jeda" / "Investor paused"
        "Akhiri jeda pada profil investor (paused: false), lalu minta lagi."
        / "End the pause in the investor's profile (paused: false), then ask again.";
    /// The investor has as many introductions as it can carry.
    NoCapacity = "no_capacity" CONFLICT false
        "Kapasitas penuh" / "No capacity left"
        "Selesaikan atau lepaskan salah satu perkenalan yang berjalan, atau naikkan kapasitas pada profil."
        / "Finish or let go of an introduction that is under way, or raise the capacity in the profile.";
    /// Interest only from who is licensed to lend.
    LicenceRequired = "licence_required" CONFLICT false
        "Perlu izin untuk memungut bunga" / "Interest needs a licence"
        "Pinjaman berbunga hanya dari pemberi pinjaman berizin OJK atau koperasi. Minta staf mencatat nomor izinnya, atau tawarkan tanpa bunga."
        / "Interest may be asked only by a lender licensed by OJK or a cooperative. Have staff note the number, or offer without interest.";
    /// The owner does not welcome this kind of support.
    InstrumentNotWelcome = "instrument_not_welcome" CONFLICT false
        "Bentuk dukungan tidak diterima" / "Support not welcome"
        "Pilih salah satu bentuk dukungan yang tercantum pada kartu usaha ini."
        / "Choose one of the kinds of support on this venture's card.";
    /// The venture is on no list any more.
    VentureUnavailable = "venture_unavailable" CONFLICT false
        "Usaha tidak tersedia lagi" / "Venture not available"
        "Pilih usaha lain dari daftar terbaru." / "Choose another venture from the newest list.";
    /// Four eyes: the second person must be another one.
    SamePerson = "same_person" CONFLICT false
        "Harus orang kedua" / "Needs a second person"
        "Mintalah rekan lain melakukannya: yang membuat tidak boleh menyetujui."
        / "Ask somebody else to do it: whoever made it may not agree to it.";
    /// The version is no draft any more.
    NotDraft = "not_draft" CONFLICT false
        "Bukan rancangan" / "Not a draft"
        "Buat versi baru, lalu ulangi dengan versi itu."
        / "Draft a new version and use that one.";
    /// The version waits for a second person's approval.
    NotApproved = "not_approved" CONFLICT false
        "Belum disetujui" / "Not approved"
        "Mintalah rekan menyetujui versi ini dulu."
        / "Ask somebody else to approve this version first.";
    /// The criteria version is not published.
    NotPublished = "not_published" CONFLICT false
        "Kriteria belum diterbitkan" / "Criteria not published"
        "Setujui dan terbitkan versi kriteria ini dulu."
        / "Approve and publish this version of the criteria first.";
    /// The criteria use a field that the rubric in use does not have any more.
    CriteriaOutdated = "criteria_outdated" CONFLICT false
        "Kriteria tidak sesuai lagi dengan rubrik" / "Criteria no longer fit the rubric"
        "Rubrik yang baru tidak memiliki semua bidang kriteria ini. Buat versi kriteria yang baru."
        / "The new rubric does not have every field of these criteria. Draft a new version of them.";
    /// The list has been published already.
    ListNotDraft = "list_not_draft" CONFLICT false
        "Daftar bukan rancangan" / "List is not a draft"
        "Buat daftar baru, lalu terbitkan yang itu."
        / "Make a new list and publish that one.";
    /// Another version of the criteria has been published since the list was made.
    ListOutdated = "list_outdated" CONFLICT false
        "Daftar tertinggal" / "List is outdated"
        "Kriteria telah berganti, atau daftar atas data yang lebih baru sudah terbit. Buat daftar baru."
        / "The criteria have changed since, or a list over newer data is published. Make a new list.";
    /// A newer list has taken this one's place.
    ListSuperseded = "list_superseded" GONE false
        "Daftar sudah diganti" / "List superseded"
        "Bacalah daftar terbaru dari GET /v1/match-lists."
        / "Read the newest list from GET /v1/match-lists.";
    /// The ranking a cursor belongs to is not kept any more.
    RankingExpired = "ranking_expired" GONE false
        "Peringkat sudah kedaluwarsa" / "Ranking expired"
        "Mulai lagi dari halaman pertama tanpa cursor."
        / "Start again from the first page, without a cursor.";
    /// What the list was ranked from is damaged, or older than kits.
    NoInputs = "no_inputs" CONFLICT false
        "Bahan daftar tidak terbaca" / "The list's inputs cannot be read"
        "Bandingkan dengan cadangan, atau buat daftar baru."
        / "Compare with a backup, or make a new list.";
    /// No rubric is published, so nothing can be assessed or ranked.
    NoRubric = "no_rubric" CONFLICT false
        "Belum ada rubrik" / "No rubric yet"
        "Terbitkan satu versi rubrik dulu."
        / "Publish a version of a rubric first.";
    /// An import into the cohort has not ended.
    ImportUnderWay = "import_under_way" CONFLICT true
        "Impor masih berjalan" / "An import is under way"
        "Tunggu sampai impor ke angkatan ini selesai, lalu coba lagi."
        / "Wait until the import into this cohort has ended, then try again.";
    /// A person who stands for a business is erased with it.
    StandsForVenture = "stands_for_venture" CONFLICT false
        "Peserta mewakili sebuah usaha" / "The person stands for a business"
        "Hapus usahanya (DELETE /v1/ventures/{id}); atau impor barisnya tanpa usaha dulu, lalu hapus pesertanya."
        / "Erase the business (DELETE /v1/ventures/{id}); or import the person's row without a business first, then erase the person.";
    /// A cohort has as many sessions as it may have.
    TooManySessions = "too_many_sessions" CONFLICT false
        "Terlalu banyak sesi" / "Too many sessions"
        "Buat angkatan lain untuk sesi berikutnya."
        / "Make another cohort for further sessions.";
    /// Attendance is noted for the session.
    SessionAttended = "session_attended" CONFLICT false
        "Kehadiran sudah dicatat" / "Attendance is noted"
        "Catat dulu bahwa tidak ada yang hadir (PUT .../attendance dengan items kosong), lalu hapus sesinya."
        / "Note first that nobody attended (PUT .../attendance with empty items), then delete the session.";
    /// A report before an introduction, or about what came to nothing.
    NotIntroduced = "not_introduced" CONFLICT false
        "Belum ada perkenalan" / "No introduction"
        "Laporan ditulis sejak perkenalan berlaku, selama tidak berakhir tanpa hasil."
        / "Reports are written from the introduction on, unless it came to nothing.";
    /// A match has as many reports as it may have.
    TooManyReports = "too_many_reports" CONFLICT false
        "Terlalu banyak laporan" / "Too many reports"
        "Sampaikan yang berikutnya langsung kepada staf program."
        / "Tell programme staff directly from here on.";
    /// Nothing can be sent to phones here.
    NoMessenger = "no_messenger" CONFLICT false
        "Belum ada pengirim pesan" / "No messages are sent here"
        "Kode tidak dapat dikirim ke HP. Mintalah kode klaim baru di kertas kepada staf program."
        / "No code can be sent to a phone. Ask programme staff for a new claim code on paper.";
    /// The phone opens another owner's account.
    PhoneInUse = "phone_in_use" CONFLICT false
        "Nomor HP sudah dipakai" / "The phone is in use"
        "Nomor ini sudah dipakai untuk usaha lain. Gunakan nomor lain, atau tetap masuk dengan kode di kertas."
        / "This number is used for another business. Use another one, or go on signing in with the code on paper.";
    /// There are as many webhooks as one side may have.
    TooManyWebhooks = "too_many_webhooks" CONFLICT false
        "Terlalu banyak webhook" / "Too many webhooks"
        "Hapus webhook yang tidak dipakai lagi dulu."
        / "Delete a webhook that is not used any more first.";
    /// As many people as may act for one owner do, or are invited to.
    TooManyCompanions = "too_many_companions" CONFLICT false
        "Pendamping sudah cukup banyak" / "Enough companions already"
        "Paling banyak lima orang boleh bertindak untuk Anda, termasuk undangan yang masih terbuka. Akhiri salah satu dulu, lalu undang lagi."
        / "At most five people may act for you, open invitations among them. End one of them first, then invite again.";
    /// The owner or the pendamping has ended it.
    MandateEnded = "mandate_ended" CONFLICT false
        "Pendampingan ini sudah diakhiri" / "This has been ended"
        "Anda tidak lagi bertindak untuk pemilik ini. Bila pemilik menghendakinya, mintalah undangan baru."
        / "You do not act for this owner any more. If the owner wishes it, ask for a new invitation.";
    /// Too many requests, or too many failed sign-ins.
    RateLimited = "rate_limited" TOO_MANY_REQUESTS true
        "Terlalu banyak permintaan" / "Too many requests"
        "Tunggu sesuai header Retry-After, lalu coba lagi." / "Wait as the Retry-After header says, then try again.";
    /// A fault of ours.
    InternalError = "internal_error" INTERNAL_SERVER_ERROR true
        "Kesalahan pada layanan" / "Internal error"
        "Coba lagi. Jika berulang, laporkan nilai instance kepada pengelola."
        / "Try again. If it happens again, report the instance value to the operator.";
    /// All workers or connections are busy.
    Overloaded = "overloaded" SERVICE_UNAVAILABLE true
        "Layanan sedang sibuk" / "Busy"
        "Tunggu sesuai header Retry-After, lalu coba lagi." / "Wait as the Retry-After header says, then try again.";
    /// The answer took longer than a request may take.
    DeadlineExceeded = "deadline_exceeded" SERVICE_UNAVAILABLE true
        "Waktu habis" / "Took too long"
        "Coba lagi; perubahan mungkin sudah tersimpan, jadi baca dulu datanya."
        / "Try again; a change may have been saved, so read the resource first.";
    /// The database or another part we depend on does not answer.
    Unavailable = "unavailable" SERVICE_UNAVAILABLE true
        "Layanan sedang tidak tersedia" / "Unavailable"
        "Tunggu sesuai header Retry-After, lalu coba lagi." / "Wait as the Retry-After header says, then try again.";
}

impl Code {
    /// Reads the code as printed.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.entry().code == text)
    }

    /// The code for a bare status, of an answer that came from below our own handlers.
    pub fn for_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::NOT_ACCEPTABLE => Self::NotAcceptable,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            s if s.is_client_error() => Self::BadRequest,
            _ => Self::InternalError,
        }
    }
}

macro_rules! fault_table {
    ($($(#[$doc:meta])* $name:ident = $code:literal $id:literal / $en:literal;)+) => {
        /// What is wrong with one member of a body or one parameter, as far as its schema can tell. Rules beyond
        /// the schema (`zero_range` in a criteria document, say) bring codes of their own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ShapeFault { $($(#[$doc])* $name),+ }

        impl ShapeFault {
            /// Every shape fault.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// The code as printed.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
            /// What it says; `{}` stands for the limit or the allowed values.
            pub const fn words(self) -> Words {
                match self { $(Self::$name => Words::new($id, $en)),+ }
            }
        }
    };
}

fault_table! {
    /// A required member or parameter is not there.
    Missing = "missing_member" "Wajib diisi." / "Is required.";
    /// The schema does not know this member.
    UnknownMember = "unknown_member" "Anggota ini tidak dikenal; hapus atau perbaiki ejaannya." / "Is not known here; remove it or mend its spelling.";
    /// The operation does not know this parameter.
    UnknownParameter = "unknown_parameter" "Parameter ini tidak dikenal; hapus atau perbaiki ejaannya." / "Is not known here; remove it or mend its spelling.";
    /// A parameter was given twice.
    RepeatedParameter = "repeated_parameter" "Parameter hanya boleh satu kali." / "May be given only once.";
    /// Another JSON type.
    WrongType = "wrong_type" "Jenis nilainya harus {}." / "Must be of type {}.";
    /// None of the listed values.
    NotAllowed = "not_allowed" "Nilainya harus salah satu dari: {}." / "Must be one of: {}.";
    /// A text is too long.
    TooLong = "too_long" "Paling panjang {} karakter." / "At most {} characters.";
    /// A text is too short.
    TooShort = "too_short" "Paling pendek {} karakter." / "At least {} characters.";
    /// A text that must say something is white space only.
    Blank = "blank" "Tulislah sesuatu; spasi saja tidak cukup." / "Write something; white space alone says nothing.";
    /// A number is too large.
    TooLarge = "too_large" "Paling besar {}." / "At most {}.";
    /// A number is too small.
    TooSmall = "too_small" "Paling kecil {}." / "At least {}.";
    /// A list or object has too many entries.
    TooMany = "too_many" "Paling banyak {} isi." / "At most {} entries.";
    /// A list or object has too few entries.
    TooFew = "too_few" "Paling sedikit {} isi." / "At least {} entries.";
    /// A list holds the same entry twice.
    NotUnique = "not_unique" "Setiap isi hanya boleh satu kali." / "Each entry may occur only once.";
    /// A text is not written as it must be.
    WrongFormat = "wrong_format" "Penulisannya tidak sesuai bentuk yang diminta: {}." / "Is not written in the required form: {}.";
    /// The value fits none of the alternatives.
    NoAlternative = "no_alternative" "Tidak cocok dengan satu pun pilihan bentuk." / "Fits none of the alternatives.";
    /// The value fits the schema but cannot be read.
    Unreadable = "unreadable" "Nilainya tidak dapat dibaca." / "Cannot be read.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_snake_case_and_errors() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let e = code.entry();
            assert!(seen.insert(e.code), "{} twice", e.code);
            assert!(e.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", e.code);
            assert!(e.status.is_client_error() || e.status.is_server_error(), "{}", e.code);
            assert!(!e.status.is_server_error() || e.retryable, "{}: a fault of ours may be tried again", e.code);
            assert_eq!(Code::parse(e.code), Some(*code));
        }
        for fault in ShapeFault::ALL {
            assert!(seen.insert(fault.code()), "{} twice", fault.code());
        }
    }
}
