// tensors FILE OUT: the tensors of a GGUF file as JSON on stdout; their values, dequantised and joined, as
// fp32 in OUT.
#include "formats/dequantize.h"
#include "support/probe.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace dotmoe::probe {
namespace {

const Command command("tensors", "FILE OUT", [](const Arguments& arguments) {
    const gguf::File file(arguments[0]);
    AtomicFile out(arguments[1]);
    auto listed = nlohmann::json::array();
    for (const auto& tensor : file.tensors()) {
        std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
        gguf::dequantize(tensor.type, tensor.data, values);
        out.write(std::as_bytes(std::span(values)));
        listed.push_back(
            {{"name", tensor.name}, {"type", gguf::type_name(tensor.type)}, {"shape", tensor.shape}});
    }
    out.commit();
    fmt::print("{}\n", listed.dump());
});

}  // namespace
}  // namespace dotmoe::probe
