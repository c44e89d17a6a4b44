// Hugging Face safetensors in a stock architecture (FORMATS.md): Mixtral without shared neurons,
// GraniteMoeShared with. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/run_control.h"
#include "events/event.h"

namespace dotmoe {

enum class ExportFormat { huggingface };

/// How far the routers are shrunk (f of FORMATS.md), so that the stock softmax gives every selected expert
/// the weight 1/k; the k times larger down projections make that the weight 1 of METHOD §3.
enum class RouterScale {
    /// 2^-40 where the architecture selects before its softmax (GraniteMoeShared): weights exactly 1/k.
    exact,
    /// 2^-12 / std of the layer's router logits everywhere: weights within about 2e-3 of 1/k, and still right
    /// after a
    /// conversion to a runtime that takes the softmax first (llama.cpp's granitemoe), which 2^-40 would drown
    /// in ties.
    portable
};

struct ExportRequest {
    std::filesystem::path project;  ///< a conversion
    std::filesystem::path source;   ///< the dense model; empty: where the project says
    std::filesystem::path out;      ///< folder to make; must not exist or be empty
    /// Exact by default: a Hugging Face export is judged in transformers, at the noise floor of fp32, and
    /// 2^-12 misses that by its 2e-3 of weight error. Mixtral takes the softmax first and is `portable`
    /// whatever is asked for.
    RouterScale routers = RouterScale::exact;
};

/// What was written.
struct ExportResult {
    std::string architecture;  ///< "MixtralForCausalLM" or "GraniteMoeSharedForCausalLM"
    std::string equivalence;   ///< "exact" or "approximate", FORMATS.md's classes
    double router_factor = 0;  ///< f of FORMATS.md, largest over layers
    std::int64_t bytes = 0;    ///< of all files
};

/// Writes config.json, model.safetensors, the tokenizer files, generation_config.json and README.md into a
/// temporary sibling folder, then renames it. Beside the source model in fp32 at most two tensors are in
/// memory. Throws Error, or Cancelled; nothing is left behind.
ExportResult export_huggingface(const ExportRequest& request, EventSink& events, RunControl& control);

}  // namespace dotmoe
