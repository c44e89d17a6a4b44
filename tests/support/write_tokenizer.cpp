// write_tokenizer MODEL OUT: the tokenizer of a GGUF file or a Hugging Face folder as an export has it: in a
// folder OUT that is there, or in a new OUT.gguf without tensors. Checked as an export's.
#include "base/files.h"
#include "export/json_text.h"
#include "export/tokenizer_check.h"
#include "export/tokenizer_json.h"
#include "formats/gguf_writer.h"
#include "support/probe.h"
#include "support/tokenizer_of.h"
#include "text/gguf_vocabulary.h"

namespace dotmoe::probe {
namespace {

constexpr std::int64_t context = 256;

void write_folder(const std::filesystem::path& folder, const Vocabulary& vocabulary) {
    const auto write = [&](const char* name, const auto& json) {
        write_file_atomically(folder / name, json_text(json, name));
    };
    write("tokenizer.json", tokenizer_json(vocabulary));
    write("tokenizer_config.json", tokenizer_config_json(vocabulary, context));
    write("config.json", nlohmann::json{{"vocab_size", vocabulary.tokens.size()}});
}

const Command command("write_tokenizer", "MODEL OUT", [](const Arguments& arguments) {
    const auto tokenizer = tokenizer_of(arguments[0]);
    const auto& vocabulary = tokenizer->vocabulary();
    const std::filesystem::path out = arguments[1];
    if (out.extension() == ".gguf") {
        GgufMetadata metadata{{"general.architecture", "llama"}};
        add_vocabulary(metadata, vocabulary);
        gguf::write(out, metadata, {});
    } else {
        write_folder(out, vocabulary);
    }
    check_tokenizer(out, vocabulary);
});

}  // namespace
}  // namespace dotmoe::probe
