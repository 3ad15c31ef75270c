$version: "2.0"

namespace com.amazonaws.codedeploycommands

use aws.api#service
use aws.auth#sigv4
use aws.protocols#awsJson1_1

/// The work of a host: fetch a command, fetch its deployment specification, acknowledge it, report its end.
/// The name of the shape is the prefix of `X-Amz-Target`, so it carries the version.
@title("AWS CodeDeploy host commands")
@service(sdkId: "CodeDeploy Commands", arnNamespace: "codedeploy-commands", endpointPrefix: "codedeploy-commands")
@sigv4(name: "codedeploy-commands")
@awsJson1_1
service CodeDeployCommandService_v20141006 {
    version: "2014-10-06"
    operations: [
        PollHostCommand
        GetDeploymentSpecification
        PutHostCommandAcknowledgement
        PutHostCommandComplete
        PostHostCommandUpdate
    ]
    errors: [
        ClientException
        ServerException
    ]
}

/// The same operations for hosts whose IAM policy is checked for each of them, and for hosts that come through a VPC
/// endpoint.
@title("AWS CodeDeploy host commands, with authorisation")
@service(
    sdkId: "CodeDeploy Commands Secure"
    arnNamespace: "codedeploy-commands-secure"
    endpointPrefix: "codedeploy-commands-secure"
)
@sigv4(name: "codedeploy-commands-secure")
@awsJson1_1
service CodeDeployCommandService {
    version: "2019-11-11"
    operations: [
        PollHostCommand
        GetDeploymentSpecification
        PutHostCommandAcknowledgement
        PutHostCommandComplete
        PostHostCommandUpdate
    ]
    errors: [
        ClientException
        ServerException
    ]
}
