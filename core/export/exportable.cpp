#include "export/exportable.h"

#include "base/error.h"

namespace dotmoe {

void require_exportable(const Model& model) {
    const auto& config = model.config;
    const auto require = [&](bool plain, std::string_view what) {
        if (!plain)
            fail(
                "{}: a conversion of a model with {} cannot be exported yet; dotmoe generate and eval run it",
                model.path.string(), what);
    };
    require(!config.post_norms, "norms behind attention and FFN (Gemma 3)");
    require(config.windows.empty(), "a sliding window");
    require(config.rope_divisors.empty(), "RoPE scaling");
    require(model.tokenizer->vocabulary().model == TokenizerModel::byte_level, "a SentencePiece tokenizer");
}

}  // namespace dotmoe
