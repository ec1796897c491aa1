/// The words behind a status code (RFC 9110 section 15); people read them, programs do not.
enum HTTPReasonPhrase {
    static func of(_ status: Int) -> String {
        switch status {
        case 100...199: informational(status)
        case 200...299: success(status)
        case 300...399: status == 304 ? "Not Modified" : "Redirection"
        case 400...499: clientError(status)
        default: serverError(status)
        }
    }

    private static func informational(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        default: "Informational"
        }
    }

    private static func success(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        default: "Success"
        }
    }

    private static func clientError(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        default: "Client Error"
        }
    }

    private static func serverError(_ status: Int) -> String {
        switch status {
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Server Error"
        }
    }
}

extension HTTPResponse {
    /// The words behind a status code, such as `Not Found` (RFC 9110 section 15).
    public static func reasonPhrase(of status: Int) -> String { HTTPReasonPhrase.of(status) }
}
