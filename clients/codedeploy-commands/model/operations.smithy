$version: "2.0"

namespace com.amazonaws.codedeploycommands

/// Asks for the next command for a host. An answer without a command means that there is nothing to do.
operation PollHostCommand {
    input := {
        /// Who asks: the ARN of the EC2 instance, or of the IAM user or session an on-premises host is registered with.
        @required
        HostIdentifier: HostIdentifier
    }

    output := {
        HostCommand: HostCommand
    }
}

/// Fetches the specification of the deployment that a command belongs to.
operation GetDeploymentSpecification {
    input := {
        @required
        DeploymentExecutionId: DeploymentExecutionId

        @required
        HostIdentifier: HostIdentifier
    }

    output := {
        /// The kind of agent the specification is for: `CodeDeploy`.
        DeploymentSystem: String

        DeploymentSpecification: DeploymentSpecification
    }
}

/// Says that a command was received. The status in the answer tells whether it is still to be carried out.
operation PutHostCommandAcknowledgement {
    input := {
        @required
        HostCommandIdentifier: HostCommandIdentifier

        /// `{"IsCommandNoop":true}` or `{"IsCommandNoop":false}`, in the format `JSON`.
        Diagnostics: DiagnosticsEnvelope
    }

    output := {
        CommandStatus: CommandStatus
    }
}

/// Reports how a command ended.
operation PutHostCommandComplete {
    input := {
        @required
        HostCommandIdentifier: HostCommandIdentifier

        /// `Succeeded` or `Failed`.
        @required
        CommandStatus: CommandStatus

        /// Error code, script name, message and newest output, in the format `JSON`.
        Diagnostics: DiagnosticsEnvelope
    }

    output := {}
}

/// Reports progress of a command that takes long. Agents do not use it.
operation PostHostCommandUpdate {
    input := {
        @required
        HostCommandIdentifier: HostCommandIdentifier

        EstimatedCompletionTime: Timestamp

        Diagnostics: DiagnosticsEnvelope
    }

    output := {
        CommandStatus: CommandStatus
    }
}
