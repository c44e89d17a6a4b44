// export PROJECT OUT FORMAT ARCHITECTURE|best ROUTERS NUMBERS SHARD_BYTES: an export that is not checked;
// prints
// {"architecture", "equivalence", "router_factor", "note", "bytes"}. verify EXPORT PROJECT: prints the
// receipt.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "export/export.h"
#include "export/verify.h"
#include "support/probe.h"

namespace dotmoe::probe {
namespace {

const Command write(
    "export",
    "PROJECT OUT huggingface|gguf ARCHITECTURE|best exact|portable f32|f16|bf16|q8_0|q4_k SHARD_BYTES",
    [](const Arguments& arguments) {
        static const std::map<std::string, NumberFormat> formats{{"f32", NumberFormat::f32},
                                                                 {"f16", NumberFormat::f16},
                                                                 {"bf16", NumberFormat::bf16},
                                                                 {"q8_0", NumberFormat::q8_0},
                                                                 {"q4_k", NumberFormat::q4_k}};
        NullSink sink;
        RunControl control;
        ExportRequest request;
        request.project = arguments[0];
        request.out = arguments[1];
        if (arguments[2] == "gguf") request.format = ExportFormat::gguf;
        if (arguments[3] != "best") request.architecture = arguments[3];
        if (arguments[4] == "portable") request.routers = RouterScale::portable;
        request.numbers = formats.at(arguments[5]);
        request.shard_bytes = std::stoll(arguments[6]);
        request.check = false;
        const auto result = export_model(request, sink, control);
        fmt::print("{}\n", nlohmann::json{{"architecture", result.architecture},
                                          {"equivalence", result.equivalence},
                                          {"router_factor", result.router_factor},
                                          {"note", result.note},
                                          {"bytes", result.bytes}}
                               .dump());
    });

const Command verify("verify", "EXPORT PROJECT", [](const Arguments& arguments) {
    fmt::print("{}\n", nlohmann::json(verify_export(arguments[0], arguments[1])).dump());
});

}  // namespace
}  // namespace dotmoe::probe
