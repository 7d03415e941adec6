// Drives a running demo with a client that is generated from openapi/openapi.json.

import { investorSession } from "./investor.js";
import { staffSession } from "./staff.js";

await investorSession();
await staffSession();
console.log("typescript: an investor's session and one of staff");
