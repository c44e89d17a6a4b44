// export PROJECT OUT exact|portable: a Hugging Face export; prints {"architecture", "equivalence",
// "router_factor", "bytes"}. verify EXPORT PROJECT: prints the receipt.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "export/huggingface.h"
#include "export/verify.h"
#include "support/probe.h"

namespace dotmoe::probe {
namespace {

const Command write("export", "PROJECT OUT exact|portable", [](const Arguments& arguments) {
    NullSink sink;
    RunControl control;
    const auto routers = arguments[2] == "exact" ? RouterScale::exact : RouterScale::portable;
    const auto result = export_huggingface(
        {.project = arguments[0], .source = {}, .out = arguments[1], .routers = routers}, sink, control);
    fmt::print("{}\n", nlohmann::json{{"architecture", result.architecture},
                                      {"equivalence", result.equivalence},
                                      {"router_factor", result.router_factor},
                                      {"bytes", result.bytes}}
                           .dump());
});

const Command verify("verify", "EXPORT PROJECT", [](const Arguments& arguments) {
    fmt::print("{}\n", nlohmann::json(verify_export(arguments[0], arguments[1])).dump());
});

}  // namespace
}  // namespace dotmoe::probe
