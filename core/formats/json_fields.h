// Settings in a JSON file, checked as they are read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace dotmoe {

/// The object that the file holds; a stray member may be of any kind. Untrusted input: throws Error naming
/// the file when it can't be read, is not valid JSON, or holds no object.
nlohmann::json read_json_object(const std::filesystem::path& file);

/// One object of such a file. Each function throws Error naming the file and the key when the value is of
/// another kind or out of range; a null counts as absent.
class JsonFields {
  public:
    explicit JsonFields(const std::filesystem::path& file)
        : origin_(file.string()), json_(read_json_object(file)) {}

    const std::string& origin() const { return origin_; }
    const nlohmann::json* find(const char* key) const;  ///< nullptr when absent

    /// From 1 to 2^31 - 1, so that products of two cannot overflow. Without `otherwise` the key is required;
    /// so too below.
    std::int64_t count(const char* key, std::optional<std::int64_t> otherwise = {}) const;
    double positive(const char* key, std::optional<double> otherwise = {}) const;
    bool flag(const char* key, bool otherwise) const;
    std::optional<std::string> text(const char* key) const;
    /// The object below a key; nullopt when absent.
    std::optional<JsonFields> object(const char* key) const;

  private:
    JsonFields(std::string origin, nlohmann::json json)
        : origin_(std::move(origin)), json_(std::move(json)) {}
    const nlohmann::json& require(const char* key) const;

    std::string origin_;
    nlohmann::json json_;
};

}  // namespace dotmoe
