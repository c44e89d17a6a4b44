// A GGUF file taken apart, changed and written again: how tests make files with one thing wrong.
#pragma once

#include <algorithm>
#include <memory>

#include "formats/gguf.h"
#include "formats/gguf_writer.h"

namespace dotmoe::test {

struct GgufParts {
    std::vector<std::pair<std::string, gguf::Value>> metadata;
    std::vector<gguf::TensorToWrite> tensors;

    /// Only of unquantised tensors.
    explicit GgufParts(const std::filesystem::path& path) {
        const auto file = std::make_shared<gguf::File>(path);
        for (const auto& [key, value] : file->metadata()) metadata.emplace_back(key, value);
        for (const auto& tensor : file->tensors())
            tensors.push_back({tensor.name, tensor.type, tensor.shape, [file, data = tensor.data] {
                                   return std::vector<std::byte>(data.begin(), data.end());
                               }});
    }

    void set(const std::string& key, gguf::Value value) {
        erase(key);
        metadata.emplace_back(key, std::move(value));
    }
    void erase(const std::string& key) {
        std::erase_if(metadata, [&](const auto& entry) { return entry.first == key; });
    }
    gguf::TensorToWrite& tensor(const std::string& name) {
        return *std::ranges::find(tensors, name, &gguf::TensorToWrite::name);
    }
    void erase_tensor(const std::string& name) {
        std::erase_if(tensors, [&](const auto& tensor) { return tensor.name == name; });
    }
    /// A tensor like another one, by another name.
    void copy_tensor(const std::string& from, const std::string& to) {
        auto copy = tensor(from);
        copy.name = to;
        tensors.push_back(std::move(copy));
    }
};

}  // namespace dotmoe::test
