$version: "2.0"

namespace com.amazonaws.codedeploycommands

use smithy.rules#endpointTests

apply CodeDeployCommandService_v20141006 @endpointTests({
    version: "1.0"
    testCases: [
        {
            documentation: "a region of the partition aws"
            params: { Region: "us-east-1" }
            expect: { endpoint: { url: "https://codedeploy-commands.us-east-1.amazonaws.com" } }
        }
        {
            documentation: "a region of the partition aws-cn"
            params: { Region: "cn-north-1" }
            expect: { endpoint: { url: "https://codedeploy-commands.cn-north-1.amazonaws.com.cn" } }
        }
        {
            documentation: "a region of the partition aws-us-gov"
            params: { Region: "us-gov-west-1" }
            expect: { endpoint: { url: "https://codedeploy-commands.us-gov-west-1.amazonaws.com" } }
        }
        {
            documentation: "a region of the partition aws-eusc"
            params: { Region: "eusc-de-east-1" }
            expect: { endpoint: { url: "https://codedeploy-commands.eusc-de-east-1.amazonaws.eu" } }
        }
        {
            documentation: "a region that is not known yet"
            params: { Region: "xx-new-9" }
            expect: { endpoint: { url: "https://codedeploy-commands.xx-new-9.amazonaws.com" } }
        }
        {
            documentation: "FIPS"
            params: { Region: "us-east-1", UseFIPS: true }
            expect: { endpoint: { url: "https://codedeploy-commands-fips.us-east-1.amazonaws.com" } }
        }
        {
            documentation: "FIPS in GovCloud"
            params: { Region: "us-gov-east-1", UseFIPS: true }
            expect: { endpoint: { url: "https://codedeploy-commands-fips.us-gov-east-1.amazonaws.com" } }
        }
        {
            documentation: "a domain from the metadata"
            params: { Region: "us-iso-east-1", Domain: "c2s.ic.gov" }
            expect: { endpoint: { url: "https://codedeploy-commands.us-iso-east-1.c2s.ic.gov" } }
        }
        {
            documentation: "a domain from the metadata, and FIPS"
            params: { Region: "us-west-2", Domain: "amazonaws.com", UseFIPS: true }
            expect: { endpoint: { url: "https://codedeploy-commands-fips.us-west-2.amazonaws.com" } }
        }
        {
            documentation: "an endpoint wins over everything"
            params: { Region: "us-east-1", UseFIPS: true, Domain: "amazonaws.eu", Endpoint: "https://vpce-0a1b2c3d.example.com" }
            expect: { endpoint: { url: "https://vpce-0a1b2c3d.example.com" } }
        }
        {
            documentation: "a region that is no host label"
            params: { Region: "us-east-1.example.com/" }
            expect: { error: "The region is missing or not the name of a region" }
        }
        {
            documentation: "a domain that is no domain"
            params: { Region: "us-east-1", Domain: "example.com/path" }
            expect: { error: "The domain is not the name of a domain" }
        }
        {
            documentation: "no region"
            params: {}
            expect: { error: "The region is missing or not the name of a region" }
        }
    ]
})

apply CodeDeployCommandService @endpointTests({
    version: "1.0"
    testCases: [
        {
            documentation: "a region of the partition aws"
            params: { Region: "us-east-1" }
            expect: { endpoint: { url: "https://codedeploy-commands-secure.us-east-1.amazonaws.com" } }
        }
        {
            documentation: "a region of the partition aws-cn"
            params: { Region: "cn-north-1" }
            expect: { endpoint: { url: "https://codedeploy-commands-secure.cn-north-1.amazonaws.com.cn" } }
        }
        {
            documentation: "a region of the partition aws-us-gov"
            params: { Region: "us-gov-west-1" }
            expect: { endpoint: { url: "https://codedeploy-commands-secure.us-gov-west-1.amazonaws.com" } }
        }
        {
            documentation: "a region of the partition aws-eusc"
            params: { Region: "eusc-de-east-1" }
            expect: { endpoint: { url: "https://codedeploy-commands-secure.eusc-de-east-1.amazonaws.eu" } }
        }
        {
            documentation: "a region that is not known yet"
            params: { Region: "xx-new-9" }
            expect: { endpoint: { url: "https://codedeploy-commands-secure.xx-new-9.amazonaws.com" } }
        }
        {
            documentation: "FIPS"
            params: { Region: "us-east-1", UseFIPS: true }
            expect: { endpoint: { url: "https://codedeploy-commands-secure-fips.us-east-1.amazonaws.com" } }
        }
        {
            documentation: "FIPS in GovCloud"
            params: { Region: "us-gov-east-1", UseFIPS: true }
            expect: { endpoint: { url: "https://codedeploy-commands-secure-fips.us-gov-east-1.amazonaws.com" } }
        }
        {
            documentation: "a domain from the metadata"
            params: { Region: "us-iso-east-1", Domain: "c2s.ic.gov" }
            expect: { endpoint: { url: "https://codedeploy-commands-secure.us-iso-east-1.c2s.ic.gov" } }
        }
        {
            documentation: "a domain from the metadata, and FIPS"
            params: { Region: "us-west-2", Domain: "amazonaws.com", UseFIPS: true }
            expect: { endpoint: { url: "https://codedeploy-commands-secure-fips.us-west-2.amazonaws.com" } }
        }
        {
            documentation: "an endpoint wins over everything"
            params: { Region: "us-east-1", UseFIPS: true, Domain: "amazonaws.eu", Endpoint: "https://vpce-0a1b2c3d.example.com" }
            expect: { endpoint: { url: "https://vpce-0a1b2c3d.example.com" } }
        }
        {
            documentation: "a region that is no host label"
            params: { Region: "us-east-1.example.com/" }
            expect: { error: "The region is missing or not the name of a region" }
        }
        {
            documentation: "a domain that is no domain"
            params: { Region: "us-east-1", Domain: "example.com/path" }
            expect: { error: "The domain is not the name of a domain" }
        }
        {
            documentation: "no region"
            params: {}
            expect: { error: "The region is missing or not the name of a region" }
        }
    ]
})
