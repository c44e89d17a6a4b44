// Hugging Face safetensors in a stock architecture (FORMATS.md): Mixtral without shared neurons, GraniteMoeShared with.
// No torch in this header.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/run_control.h"
#include "events/event.h"

namespace dotmoe {

enum class ExportFormat { huggingface };

struct ExportRequest {
    std::filesystem::path project;                   ///< a conversion
    std::filesystem::path source;                    ///< the dense model; empty: where the project says
    std::filesystem::path out;                       ///< folder to make; must not exist or be empty
};

/// What was written.
struct ExportResult {
    std::string architecture;                        ///< "MixtralForCausalLM" or "GraniteMoeSharedForCausalLM"
    std::string equivalence;                         ///< "exact" or "approximate", FORMATS.md's classes
    double router_factor = 0;                        ///< f of FORMATS.md, largest over layers
    std::int64_t bytes = 0;
};

/// Writes config.json, model.safetensors, the tokenizer files and generation_config.json into a temporary sibling folder,
/// then renames it. Holds one layer at a time. Throws Error; nothing is left behind.
ExportResult export_huggingface(const ExportRequest& request, EventSink& events, RunControl& control);

}  // namespace dotmoe
