#include "toy_conversion.h"

#include "base/sha256.h"
#include "model/save.h"
#include "support/random_experts.h"
#include "support/tiny_model.h"
#include "text/byte_alphabet.h"

namespace dotmoe::test {
namespace fs = std::filesystem;
namespace {

/// Two special tokens, one that is not, every byte, and one merge.
Vocabulary byte_vocabulary() {
    Vocabulary vocabulary;
    vocabulary.tokens = {"<|end|>", "<|start|>", "<tool>"};
    vocabulary.kinds = {TokenKind::control, TokenKind::control, TokenKind::user_defined};
    for (int byte = 0; byte < 256; ++byte) {
        vocabulary.tokens.push_back(byte_to_printable(static_cast<unsigned char>(byte)));
        vocabulary.kinds.push_back(TokenKind::normal);
    }
    vocabulary.tokens.emplace_back("th");
    vocabulary.kinds.push_back(TokenKind::normal);
    vocabulary.merges = {"t h"};
    vocabulary.pre_tokenizer = "smollm";
    vocabulary.bos = 1;
    vocabulary.eos = vocabulary.unknown = 0;
    vocabulary.chat_template = "{{ messages }}";
    return vocabulary;
}

}  // namespace

ToyConversion::ToyConversion(const Layout& layout)
    : model_path(folder.path() / "model.gguf"), project_path(folder.path() / "project") {
    set_thread_count(1);  // tiny products: a second thread costs more than it does
    const auto vocabulary = byte_vocabulary();
    auto config = tiny_config();
    config.vocabulary = std::ssize(vocabulary.tokens);
    config.tied_embeddings = layout.shared > 0;
    // Neither is a default of transformers: an export or a reader that leaves one out is seen.
    config.rope_base = 500;
    config.norm_epsilon = 1e-2;
    save_model(model_path, "Toy", config, tiny_weights(config), vocabulary);
    model = load_model(model_path, exact_compute(DeviceChoice::cpu));
    experts = random_experts(model->config, layout, 3);
    Recipe recipe;
    recipe.layout = layout;
    save_project(project_path, {model_path, sha256_of_file(model_path), recipe, experts}, "");
    fs::remove(project_path / "metrics.json");
}

}  // namespace dotmoe::test
