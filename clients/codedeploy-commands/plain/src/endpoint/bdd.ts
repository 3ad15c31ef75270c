// smithy-typescript generated code
import { BinaryDecisionDiagram } from "@smithy/util-endpoints";

const h="ref";
const a="isSet",
b="isValidHostLabel",
c={[h]:"Endpoint"},
d={[h]:"Region"},
e={[h]:"Domain"},
f={},
g=[d];
const _data={
  conditions: [
    [a,[c]],
    [a,g],
    [b,[d,false]],
    [a,[e]],
    [b,[e,true]],
    ["aws.partition",g,"Partition"],
    ["booleanEquals",[{[h]:"UseFIPS"},true]]
  ],
  results: [
    [-1],
    [c,f],
    ["https://codedeploy-commands-fips.{Region}.{Domain}",f],
    ["https://codedeploy-commands.{Region}.{Domain}",f],
    [-1,"The domain is not the name of a domain"],
    ["https://codedeploy-commands-fips.{Region}.{Partition#dnsSuffix}",f],
    ["https://codedeploy-commands.{Region}.{Partition#dnsSuffix}",f],
    [-1,"The region is missing or not the name of a region"]
  ]
};

const root = 2;
const r = 100_000_000;
const nodes = new Int32Array([
  -1, 1, -1,
  0, r + 1, 3,
  1, 4, r + 7,
  2, 5, r + 7,
  3, 8, 6,
  5, 7, r + 7,
  6, r + 5, r + 6,
  4, 9, r + 4,
  6, r + 2, r + 3,
]);
export const bdd = BinaryDecisionDiagram.from(
  nodes, root, _data.conditions, _data.results
);
