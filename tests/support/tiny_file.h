// The tiny model as a GGUF file that is removed again.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include "core/text/toy_vocabulary.h"
#include "model/save.h"
#include "support/gguf_parts.h"
#include "support/tiny_model.h"

namespace dotmoe::test {

/// 258 tokens: the bytes, "ab" and "<end>".
inline ModelConfig tiny_file_config(bool tied = false) {
    auto config = tiny_config();
    config.vocabulary = 258;
    config.tied_embeddings = tied;
    return config;
}

/// One at a time in a process.
class TinyFile {
  public:
    explicit TinyFile(const ModelConfig& config = tiny_file_config())
        : path_(std::filesystem::temp_directory_path() / fmt::format("dotmoe-tiny-{}.gguf", ::getpid())) {
        save_model(path_, "tiny", config, tiny_weights(config), toy_vocabulary({"a b"}));
    }
    ~TinyFile() { std::filesystem::remove(path_); }
    TinyFile(const TinyFile&) = delete;
    TinyFile& operator=(const TinyFile&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Writes the file anew after `change`.
    template <typename Change>
    void rewrite(const Change& change) const {
        GgufParts parts(path_);
        change(parts);
        gguf::write(path_, parts.metadata, parts.tensors);
    }

  private:
    std::filesystem::path path_;
};

}  // namespace dotmoe::test
