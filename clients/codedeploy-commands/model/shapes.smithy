$version: "2.0"

namespace com.amazonaws.codedeploycommands

/// One unit of work for a host: one lifecycle event of one deployment.
structure HostCommand {
    HostCommandIdentifier: HostCommandIdentifier

    HostIdentifier: HostIdentifier

    DeploymentExecutionId: DeploymentExecutionId

    /// The lifecycle event: `DownloadBundle`, `Install`, `BeforeInstall`, ...
    CommandName: String

    Nonce: Long
}

/// What to deploy and how, wrapped so that its integrity can be checked.
structure DeploymentSpecification {
    GenericEnvelope: SpecificationEnvelope

    VariantId: String

    VariantEnvelope: SpecificationEnvelope
}

/// A deployment specification as it travels.
structure SpecificationEnvelope {
    /// `PKCS7/JSON`.
    Format: EnvelopeFormat

    Payload: String
}

/// What an agent says about a command beside its status.
structure DiagnosticsEnvelope {
    /// `JSON`.
    Format: EnvelopeFormat

    Payload: DiagnosticsPayload
}

/// State of a command as the service sees it.
enum CommandStatus {
    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
}

/// Opaque.
string HostCommandIdentifier

/// Opaque.
string DeploymentExecutionId

/// An ARN.
string HostIdentifier

@length(min: 1, max: 64)
string EnvelopeFormat

@length(min: 0, max: 8192)
string DiagnosticsPayload

/// The caller is at fault: the command is unknown, a member is wrong.
@error("client")
@httpError(400)
structure ClientException {
    message: String
}

/// The service is at fault; the same call may succeed later.
@error("server")
@httpError(500)
structure ServerException {
    message: String
}
