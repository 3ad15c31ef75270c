$version: "2.0"

namespace com.amazonaws.codedeploycommands

use smithy.rules#clientContextParams
use smithy.rules#endpointRuleSet

// The order of the rules is the order of precedence: an endpoint that was set wins; a domain that the instance metadata
// names wins over the one of the region's partition.

apply CodeDeployCommandService_v20141006 @clientContextParams(
    Domain: { type: "string", documentation: "Domain of the partition, when the host knows it from its metadata" }
)

apply CodeDeployCommandService @clientContextParams(
    Domain: { type: "string", documentation: "Domain of the partition, when the host knows it from its metadata" }
)

apply CodeDeployCommandService_v20141006 @endpointRuleSet({
    version: "1.0"
    parameters: {
        Region: { type: "string", builtIn: "AWS::Region", required: false, documentation: "Region of the host" }
        UseFIPS: {
            type: "boolean"
            builtIn: "AWS::UseFIPS"
            required: true
            default: false
            documentation: "Whether to use the endpoint with validated cryptography"
        }
        Endpoint: { type: "string", builtIn: "SDK::Endpoint", required: false, documentation: "Used as it is" }
        Domain: { type: "string", required: false, documentation: "Used instead of the domain of the partition" }
    }
    rules: [
        {
            conditions: [{ fn: "isSet", argv: [{ ref: "Endpoint" }] }]
            endpoint: { url: { ref: "Endpoint" } }
            type: "endpoint"
        }
        {
            conditions: [
                { fn: "isSet", argv: [{ ref: "Region" }] }
                { fn: "isValidHostLabel", argv: [{ ref: "Region" }, false] }
            ]
            rules: [
                {
                    conditions: [{ fn: "isSet", argv: [{ ref: "Domain" }] }]
                    rules: [
                        {
                            conditions: [{ fn: "isValidHostLabel", argv: [{ ref: "Domain" }, true] }]
                            rules: [
                                {
                                    conditions: [{ fn: "booleanEquals", argv: [{ ref: "UseFIPS" }, true] }]
                                    endpoint: { url: "https://codedeploy-commands-fips.{Region}.{Domain}" }
                                    type: "endpoint"
                                }
                                {
                                    conditions: []
                                    endpoint: { url: "https://codedeploy-commands.{Region}.{Domain}" }
                                    type: "endpoint"
                                }
                            ]
                            type: "tree"
                        }
                        { conditions: [], error: "The domain is not the name of a domain", type: "error" }
                    ]
                    type: "tree"
                }
                {
                    conditions: [{ fn: "aws.partition", argv: [{ ref: "Region" }], assign: "Partition" }]
                    rules: [
                        {
                            conditions: [{ fn: "booleanEquals", argv: [{ ref: "UseFIPS" }, true] }]
                            endpoint: { url: "https://codedeploy-commands-fips.{Region}.{Partition#dnsSuffix}" }
                            type: "endpoint"
                        }
                        {
                            conditions: []
                            endpoint: { url: "https://codedeploy-commands.{Region}.{Partition#dnsSuffix}" }
                            type: "endpoint"
                        }
                    ]
                    type: "tree"
                }
            ]
            type: "tree"
        }
        { conditions: [], error: "The region is missing or not the name of a region", type: "error" }
    ]
})

apply CodeDeployCommandService @endpointRuleSet({
    version: "1.0"
    parameters: {
        Region: { type: "string", builtIn: "AWS::Region", required: false, documentation: "Region of the host" }
        UseFIPS: {
            type: "boolean"
            builtIn: "AWS::UseFIPS"
            required: true
            default: false
            documentation: "Whether to use the endpoint with validated cryptography"
        }
        Endpoint: { type: "string", builtIn: "SDK::Endpoint", required: false, documentation: "Used as it is" }
        Domain: { type: "string", required: false, documentation: "Used instead of the domain of the partition" }
    }
    rules: [
        {
            conditions: [{ fn: "isSet", argv: [{ ref: "Endpoint" }] }]
            endpoint: { url: { ref: "Endpoint" } }
            type: "endpoint"
        }
        {
            conditions: [
                { fn: "isSet", argv: [{ ref: "Region" }] }
                { fn: "isValidHostLabel", argv: [{ ref: "Region" }, false] }
            ]
            rules: [
                {
                    conditions: [{ fn: "isSet", argv: [{ ref: "Domain" }] }]
                    rules: [
                        {
                            conditions: [{ fn: "isValidHostLabel", argv: [{ ref: "Domain" }, true] }]
                            rules: [
                                {
                                    conditions: [{ fn: "booleanEquals", argv: [{ ref: "UseFIPS" }, true] }]
                                    endpoint: { url: "https://codedeploy-commands-secure-fips.{Region}.{Domain}" }
                                    type: "endpoint"
                                }
                                {
                                    conditions: []
                                    endpoint: { url: "https://codedeploy-commands-secure.{Region}.{Domain}" }
                                    type: "endpoint"
                                }
                            ]
                            type: "tree"
                        }
                        { conditions: [], error: "The domain is not the name of a domain", type: "error" }
                    ]
                    type: "tree"
                }
                {
                    conditions: [{ fn: "aws.partition", argv: [{ ref: "Region" }], assign: "Partition" }]
                    rules: [
                        {
                            conditions: [{ fn: "booleanEquals", argv: [{ ref: "UseFIPS" }, true] }]
                            endpoint: { url: "https://codedeploy-commands-secure-fips.{Region}.{Partition#dnsSuffix}" }
                            type: "endpoint"
                        }
                        {
                            conditions: []
                            endpoint: { url: "https://codedeploy-commands-secure.{Region}.{Partition#dnsSuffix}" }
                            type: "endpoint"
                        }
                    ]
                    type: "tree"
                }
            ]
            type: "tree"
        }
        { conditions: [], error: "The region is missing or not the name of a region", type: "error" }
    ]
})

