// A conversion written as a model of a stock architecture (FORMATS.md). No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "events/event.h"

namespace dotmoe {

enum class ExportFormat {
    huggingface,  ///< a folder: safetensors, config.json, tokenizer, README.md
    gguf          ///< one file, its model card among the metadata
};

/// How far the routers are shrunk (f of FORMATS.md), so that the stock softmax gives every selected expert
/// the weight 1/k; a factor k elsewhere makes that the weight 1 of METHOD §3.
enum class RouterScale {
    /// 2^-40 where the architecture selects before its softmax: weights exactly 1/k.
    exact,
    /// 2^-12 / std of the layer's router logits everywhere: weights within about 2e-3 of 1/k, and still right
    /// after a conversion to a runtime that takes the softmax first, which 2^-40 would drown in ties.
    portable
};

/// What matrices are stored as. Routers, norms and biases stay F32 in all.
enum class NumberFormat { f32, f16, bf16, q8_0, q4_k };

/// Whether a GGUF alone can hold them.
constexpr bool in_blocks(NumberFormat numbers) {
    return numbers == NumberFormat::q8_0 || numbers == NumberFormat::q4_k;
}

struct ExportRequest {
    std::filesystem::path project;  ///< a conversion
    std::filesystem::path source;   ///< the dense model; empty: where the project says
    std::filesystem::path out;      ///< folder (empty or new) or, of a GGUF, file to make
    ExportFormat format = ExportFormat::huggingface;
    std::string architecture = {};  ///< one of architecture_names(); empty: the best that can hold it
    RouterScale routers =
        RouterScale::exact;  ///< `portable` where the softmax comes first, whatever is asked
    NumberFormat numbers = NumberFormat::f32;
    /// Of a Hugging Face export: weights beyond it are cut into several files with an index.
    std::int64_t shard_bytes = 2'000'000'000;
    /// Compare with the conversion before anything appears, and leave the receipt (receipt.h) beside it.
    bool check = true;
};

/// What was written.
struct ExportResult {
    std::string architecture;  ///< "MixtralForCausalLM", ...; of a GGUF "glm4moe", ...
    std::string reason;        ///< why this architecture, for people
    std::string equivalence;   ///< "exact" or "approximate", FORMATS.md's classes
    double router_factor = 0;  ///< f of FORMATS.md, largest over layers
    std::int64_t bytes = 0;    ///< of all files
    /// What people should know of the numbers (tensors that had to stay wider); empty when nothing.
    std::string note = {};
};

/// Names that --architecture takes: model_type of config.json, general.architecture of a GGUF.
std::vector<std::string> architecture_names(ExportFormat format);

/// Writes everything under a temporary name beside `out`, then renames it. Beside the source model in fp32
/// one tensor is in memory; the check takes what two forward passes over 256 tokens do. Throws Error (also
/// when the check fails), or Cancelled; nothing is left behind. Throws UsageError when the
/// architecture or the number format is none of the format's.
ExportResult export_model(const ExportRequest& request, EventSink& events, RunControl& control);

}  // namespace dotmoe
