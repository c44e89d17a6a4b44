// rewrite IN OUT: reads IN and writes the same tensors and metadata to OUT, with the readers and writers of
// the core. Safetensors in, safetensors out; GGUF in, GGUF of unquantised tensors out (quantised ones become
// F32).
#include "base/error.h"
#include "formats/dequantize.h"
#include "formats/gguf_writer.h"
#include "formats/safetensors.h"
#include "support/probe.h"

namespace dotmoe::probe {
namespace {

std::vector<std::byte> copy_of(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> as_float(const gguf::Tensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    gguf::dequantize(tensor.type, tensor.data, values);
    return copy_of(std::as_bytes(std::span(values)));
}

void rewrite_safetensors(const std::string& in, const std::string& out) {
    const safetensors::File file(in);
    std::vector<safetensors::TensorToWrite> tensors;
    for (const auto& tensor : file.tensors())
        tensors.push_back(
            {tensor.name, tensor.dtype, tensor.shape, [&tensor] { return copy_of(tensor.data); }});
    safetensors::write(out, tensors, file.metadata());
}

void rewrite_gguf(const std::string& in, const std::string& out) {
    const gguf::File file(in);
    std::vector<gguf::TensorToWrite> tensors;
    for (const auto& tensor : file.tensors()) {
        const bool plain = tensor.type == gguf::TensorType::F16 || tensor.type == gguf::TensorType::BF16;
        tensors.push_back({tensor.name, plain ? tensor.type : gguf::TensorType::F32, tensor.shape,
                           [&tensor, plain] { return plain ? copy_of(tensor.data) : as_float(tensor); }});
    }
    gguf::write(out, {file.metadata().begin(), file.metadata().end()}, tensors);
}

const Command command("rewrite", "IN OUT", [](const Arguments& arguments) {
    if (arguments[0].ends_with(".safetensors"))
        rewrite_safetensors(arguments[0], arguments[1]);
    else
        rewrite_gguf(arguments[0], arguments[1]);
});

}  // namespace
}  // namespace dotmoe::probe
