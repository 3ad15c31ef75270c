const SHOP = { applicationName: "shop" };
const FLEET = { ...SHOP, deploymentGroupName: "fleet" };
const ROLE = { serviceRoleArn: "arn:aws:iam::123456789012:role/deploy" };
const NEW_GROUP = { ...SHOP, deploymentGroupName: "new", ...ROLE };
const S3 = { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType: "zip" } };
const LONG = "x".repeat(257);
const TAG = { Key: "k", Value: "v" };
const USER = "arn:aws:iam::123456789012:user/other";
const SESSION = "arn:aws:sts::123456789012:assumed-role/hosts/other";

/** Requests to a sandbox with application `shop`, group `fleet` and instance `web-1`, and how each is refused. */
export const REFUSED: readonly (readonly [operation: string, input: unknown, exception: string])[] = [
  ["CreateApplication", {}, "ApplicationNameRequiredException"],
  ["CreateApplication", { applicationName: null }, "ApplicationNameRequiredException"],
  ["CreateApplication", { applicationName: "" }, "ApplicationNameRequiredException"],
  ["CreateApplication", { applicationName: "a b" }, "InvalidApplicationNameException"],
  ["CreateApplication", { applicationName: "x".repeat(101) }, "InvalidApplicationNameException"],
  ["CreateApplication", { applicationName: 7 }, "SerializationException"],
  ["CreateApplication", "{", "SerializationException"],
  ["CreateApplication", SHOP, "ApplicationAlreadyExistsException"],
  ["CreateApplication", { applicationName: "l", computePlatform: "Lambda" }, "InvalidComputePlatformException"],
  ["CreateApplication", { applicationName: "t", tags: [{ Key: "a" }] }, "InvalidTagsToAddException"],
  ["GetApplication", { applicationName: "none" }, "ApplicationDoesNotExistException"],
  ["BatchGetApplications", { applicationNames: ["shop", "none"] }, "ApplicationDoesNotExistException"],
  ["BatchGetApplications", { applicationNames: Array(101).fill("shop") }, "BatchLimitExceededException"],
  ["UpdateApplication", SHOP, "ApplicationNameRequiredException"],
  ["ListApplications", { nextToken: "eA" }, "InvalidNextTokenException"],

  ["CreateDeploymentConfig", {}, "DeploymentConfigNameRequiredException"],
  [
    "CreateDeploymentConfig",
    { deploymentConfigName: "CodeDeployDefault.Mine", minimumHealthyHosts: { type: "HOST_COUNT", value: 1 } },
    "InvalidDeploymentConfigNameException",
  ],
  ...[
    undefined,
    { type: "HOST_COUNT" },
    { type: "HOST_COUNT", value: -1 },
    { type: "HOST_COUNT", value: 1.5 },
    { type: "FLEET_PERCENT", value: 100 },
    { type: "MOST_CONCURRENCY", value: 1 },
  ].map(
    (minimumHealthyHosts) =>
      [
        "CreateDeploymentConfig",
        { deploymentConfigName: "c", minimumHealthyHosts },
        "InvalidMinimumHealthyHostValueException",
      ] as const,
  ),
  ["GetDeploymentConfig", { deploymentConfigName: "none" }, "DeploymentConfigDoesNotExistException"],
  ["DeleteDeploymentConfig", { deploymentConfigName: "CodeDeployDefault.AllAtOnce" }, "InvalidOperationException"],

  ["CreateDeploymentGroup", { ...SHOP, ...ROLE }, "DeploymentGroupNameRequiredException"],
  ["CreateDeploymentGroup", { ...SHOP, deploymentGroupName: "new" }, "RoleRequiredException"],
  ["CreateDeploymentGroup", { ...NEW_GROUP, serviceRoleArn: "deploy" }, "InvalidRoleException"],
  ["CreateDeploymentGroup", { ...NEW_GROUP, applicationName: "none" }, "ApplicationDoesNotExistException"],
  ["CreateDeploymentGroup", { ...FLEET, ...ROLE }, "DeploymentGroupAlreadyExistsException"],
  ["CreateDeploymentGroup", { ...NEW_GROUP, deploymentConfigName: "none" }, "DeploymentConfigDoesNotExistException"],
  ["CreateDeploymentGroup", { ...NEW_GROUP, autoScalingGroups: ["a"] }, "InvalidAutoScalingGroupException"],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, ec2TagFilters: [TAG], ec2TagSet: { ec2TagSetList: [[TAG]] } },
    "InvalidEC2TagCombinationException",
  ],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, onPremisesInstanceTagFilters: [TAG], onPremisesTagSet: { onPremisesTagSetList: [[TAG]] } },
    "InvalidOnPremisesTagCombinationException",
  ],
  ["CreateDeploymentGroup", { ...NEW_GROUP, ec2TagFilters: [{}] }, "InvalidEC2TagException"],
  ["CreateDeploymentGroup", { ...NEW_GROUP, ec2TagFilters: [{ ...TAG, Type: "ANY" }] }, "InvalidEC2TagException"],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, onPremisesInstanceTagFilters: [{ Key: "k", Type: "KEY_AND_VALUE" }] },
    "InvalidTagException",
  ],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, ec2TagSet: { ec2TagSetList: Array(4).fill([TAG]) } },
    "TagSetListLimitExceededException",
  ],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, autoRollbackConfiguration: { enabled: true } },
    "InvalidAutoRollbackConfigException",
  ],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, autoRollbackConfiguration: { events: ["ON_MONDAYS"] } },
    "InvalidAutoRollbackConfigException",
  ],
  ["CreateDeploymentGroup", { ...NEW_GROUP, alarmConfiguration: { enabled: true } }, "InvalidAlarmConfigException"],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, alarmConfiguration: { alarms: [{ name: "a" }, { name: "a" }] } },
    "InvalidAlarmConfigException",
  ],
  ["CreateDeploymentGroup", { ...NEW_GROUP, alarmConfiguration: { alarms: [null] } }, "InvalidAlarmConfigException"],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, alarmConfiguration: { alarms: Array.from({ length: 11 }, (_, i) => ({ name: `a${i}` })) } },
    "AlarmsLimitExceededException",
  ],
  ["CreateDeploymentGroup", { ...NEW_GROUP, outdatedInstancesStrategy: "MAYBE" }, "InvalidInputException"],
  ["CreateDeploymentGroup", { ...NEW_GROUP, triggerConfigurations: [{}] }, "InvalidTriggerConfigException"],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, deploymentStyle: { deploymentType: "PURPLE" } },
    "InvalidDeploymentStyleException",
  ],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, deploymentStyle: { deploymentType: "BLUE_GREEN" } },
    "InvalidDeploymentStyleException",
  ],
  [
    "CreateDeploymentGroup",
    { ...NEW_GROUP, deploymentStyle: { deploymentOption: "WITH_TRAFFIC_CONTROL" } },
    "InvalidLoadBalancerInfoException",
  ],
  [
    "CreateDeploymentGroup",
    {
      ...NEW_GROUP,
      blueGreenDeploymentConfiguration: { greenFleetProvisioningOption: { action: "COPY_AUTO_SCALING_GROUP" } },
    },
    "InvalidBlueGreenDeploymentConfigurationException",
  ],
  ["GetDeploymentGroup", { ...SHOP, deploymentGroupName: "none" }, "DeploymentGroupDoesNotExistException"],
  ["GetDeploymentGroup", { ...FLEET, applicationName: "none" }, "ApplicationDoesNotExistException"],
  ["UpdateDeploymentGroup", SHOP, "DeploymentGroupNameRequiredException"],

  ["RegisterApplicationRevision", SHOP, "RevisionRequiredException"],
  ...[
    {},
    { revisionType: "String" },
    { revisionType: "S3" },
    { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType: "YAML" } },
    { revisionType: "S3", gitHubLocation: { repository: "a/b", commitId: "c" } },
    { revisionType: "GitHub", gitHubLocation: { repository: "b", commitId: "c" } },
  ].map((revision) => ["RegisterApplicationRevision", { ...SHOP, revision }, "InvalidRevisionException"] as const),
  ["RegisterApplicationRevision", { ...SHOP, revision: S3, description: LONG }, "DescriptionTooLongException"],
  ["GetApplicationRevision", { ...SHOP, revision: S3 }, "RevisionDoesNotExistException"],
  ["ListApplicationRevisions", { ...SHOP, sortBy: "name" }, "InvalidSortByException"],
  ["ListApplicationRevisions", { ...SHOP, sortOrder: "up" }, "InvalidSortOrderException"],
  ["ListApplicationRevisions", { ...SHOP, deployed: "maybe" }, "InvalidDeployedStateFilterException"],
  ["ListApplicationRevisions", { ...SHOP, s3KeyPrefix: "a" }, "BucketNameFilterRequiredException"],

  ["RegisterOnPremisesInstance", { iamUserArn: USER }, "InstanceNameRequiredException"],
  ["RegisterOnPremisesInstance", { instanceName: "i-1", iamUserArn: USER }, "InvalidInstanceNameException"],
  ["RegisterOnPremisesInstance", { instanceName: "n" }, "IamArnRequiredException"],
  [
    "RegisterOnPremisesInstance",
    { instanceName: "n", iamUserArn: USER, iamSessionArn: SESSION },
    "MultipleIamArnsProvidedException",
  ],
  ["RegisterOnPremisesInstance", { instanceName: "n", iamUserArn: SESSION }, "InvalidIamUserArnException"],
  ["RegisterOnPremisesInstance", { instanceName: "n", iamSessionArn: USER }, "InvalidIamSessionArnException"],
  ["RegisterOnPremisesInstance", { instanceName: "web-1", iamUserArn: USER }, "InstanceNameAlreadyRegisteredException"],
  [
    "RegisterOnPremisesInstance",
    { instanceName: "n", iamUserArn: "arn:aws:iam::123456789012:user/web-1" },
    "IamUserArnAlreadyRegisteredException",
  ],
  ["GetOnPremisesInstance", { instanceName: "none" }, "InstanceNotRegisteredException"],
  ["AddTagsToOnPremisesInstances", { instanceNames: ["web-1"] }, "TagRequiredException"],
  ["AddTagsToOnPremisesInstances", { tags: [TAG] }, "InstanceNameRequiredException"],
  ["AddTagsToOnPremisesInstances", { instanceNames: ["web-1"], tags: [{ Value: "v" }] }, "InvalidTagException"],
  ["AddTagsToOnPremisesInstances", { instanceNames: ["none"], tags: [TAG] }, "InstanceNotRegisteredException"],
  [
    "AddTagsToOnPremisesInstances",
    { instanceNames: ["web-1"], tags: Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: "" })) },
    "TagLimitExceededException",
  ],
  [
    "AddTagsToOnPremisesInstances",
    { instanceNames: Array(101).fill("web-1"), tags: [TAG] },
    "InstanceLimitExceededException",
  ],
  ["ListOnPremisesInstances", { registrationStatus: "Maybe" }, "InvalidRegistrationStatusException"],
  ["ListOnPremisesInstances", { tagFilters: [{}] }, "InvalidTagFilterException"],

  ["CreateDeployment", { ...SHOP, revision: S3 }, "DeploymentGroupNameRequiredException"],
  ["CreateDeployment", FLEET, "RevisionRequiredException"],
  ["CreateDeployment", { ...FLEET, revision: S3, description: LONG }, "DescriptionTooLongException"],
  ["CreateDeployment", { ...FLEET, revision: S3, fileExistsBehavior: "MERGE" }, "InvalidFileExistsBehaviorException"],
  ["CreateDeployment", { ...FLEET, revision: S3, deploymentConfigName: "no" }, "DeploymentConfigDoesNotExistException"],
  ["CreateDeployment", { ...FLEET, revision: S3, targetInstances: {} }, "InvalidTargetInstancesException"],
  [
    "CreateDeployment",
    { ...FLEET, revision: S3, autoRollbackConfiguration: { enabled: true } },
    "InvalidAutoRollbackConfigException",
  ],
  ["CreateDeployment", { ...FLEET, revision: S3, deploymentMode: "FAST" }, "InvalidInputException"],
  ["CreateDeployment", { ...FLEET, deploymentMode: "RESTART" }, "RevisionRequiredException"],
  ["CreateDeployment", { ...FLEET, deploymentMode: "RESTART", revision: S3 }, "InvalidInputException"],
  [
    "CreateDeployment",
    { ...FLEET, deploymentMode: "RESTART", updateOutdatedInstancesOnly: true },
    "InvalidUpdateOutdatedInstancesOnlyValueException",
  ],
  ["GetDeployment", {}, "DeploymentIdRequiredException"],
  ["GetDeployment", { deploymentId: "7" }, "InvalidDeploymentIdException"],
  ["GetDeployment", { deploymentId: "d-000000000" }, "DeploymentDoesNotExistException"],
  ["ListDeployments", SHOP, "DeploymentGroupNameRequiredException"],
  ["ListDeployments", { deploymentGroupName: "fleet" }, "ApplicationNameRequiredException"],
  ["ListDeployments", { includeOnlyStatuses: ["Fine"] }, "InvalidDeploymentStatusException"],
  ["ListDeployments", { createTimeRange: { start: 2, end: 1 } }, "InvalidTimeRangeException"],
  ["StopDeployment", { deploymentId: "d-000000000" }, "DeploymentDoesNotExistException"],
  [
    "ContinueDeployment",
    { deploymentId: "d-000000000", deploymentWaitType: "NAP" },
    "InvalidDeploymentWaitTypeException",
  ],
  ["GetDeploymentTarget", { deploymentId: "d-000000000" }, "DeploymentTargetIdRequiredException"],
  ["GetDeploymentInstance", { deploymentId: "d-000000000" }, "InstanceIdRequiredException"],

  ["ListTagsForResource", {}, "ResourceArnRequiredException"],
  ["ListTagsForResource", { ResourceArn: "shop" }, "InvalidArnException"],
  [
    "ListTagsForResource",
    { ResourceArn: "arn:aws:codedeploy:us-east-1:123456789012:deploymentconfig:x" },
    "ArnNotSupportedException",
  ],
  [
    "ListTagsForResource",
    { ResourceArn: "arn:aws:codedeploy:us-east-1:123456789012:application:none" },
    "ApplicationDoesNotExistException",
  ],
  [
    "TagResource",
    { ResourceArn: "arn:aws:codedeploy:us-east-1:123456789012:application:shop" },
    "TagRequiredException",
  ],
  ["DeleteGitHubAccountToken", { tokenName: "t" }, "GitHubAccountTokenDoesNotExistException"],
  ["PutLifecycleEventHookExecutionStatus", {}, "UnknownOperationException"],
];
