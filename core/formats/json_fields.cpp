#include "formats/json_fields.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/files.h"

namespace dotmoe {

using Json = nlohmann::json;

Json read_json_object(const std::filesystem::path& file) {
    const auto text = read_text_file(file);
    try {
        auto json = Json::parse(text);
        if (!json.is_object()) fail("{}: is not a JSON object: the file is damaged", file.string());
        return json;
    } catch (const Json::exception& error) {
        const auto* parse = dynamic_cast<const Json::parse_error*>(&error);
        fail("{}: is not valid JSON{}: the file is damaged", file.string(),
             parse ? fmt::format(" (at byte {})", parse->byte) : "");
    }
}

const Json* JsonFields::find(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
}

const Json& JsonFields::require(const char* key) const {
    const auto* value = find(key);
    if (!value) fail("{}: '{}' is missing", origin_, key);
    return *value;
}

std::int64_t JsonFields::count(const char* key, std::optional<std::int64_t> otherwise) const {
    if (otherwise && !find(key)) return *otherwise;
    const auto& value = require(key);
    if (!value.is_number_integer()) fail("{}: '{}' is no whole number", origin_, key);
    const bool fits = value.is_number_unsigned()
                          ? value.get<std::uint64_t>() <= std::numeric_limits<std::int32_t>::max()
                          : false;
    if (!fits || value.get<std::int64_t>() < 1)
        fail("{}: '{}' is {}: a positive count is needed", origin_, key, value.dump());
    return value.get<std::int64_t>();
}

double JsonFields::positive(const char* key, std::optional<double> otherwise) const {
    if (otherwise && !find(key)) return *otherwise;
    const auto& value = require(key);
    if (!value.is_number()) fail("{}: '{}' is no number", origin_, key);
    const auto number = value.get<double>();
    if (!std::isfinite(number) || number <= 0)
        fail("{}: '{}' is {}: a positive number is needed", origin_, key, number);
    return number;
}

bool JsonFields::flag(const char* key, bool otherwise) const {
    const auto* value = find(key);
    if (!value) return otherwise;
    if (!value->is_boolean()) fail("{}: '{}' is neither true nor false", origin_, key);
    return value->get<bool>();
}

std::optional<std::string> JsonFields::text(const char* key) const {
    const auto* value = find(key);
    if (!value) return std::nullopt;
    if (!value->is_string()) fail("{}: '{}' is no text", origin_, key);
    return value->get<std::string>();
}

std::optional<JsonFields> JsonFields::object(const char* key) const {
    const auto* value = find(key);
    if (!value) return std::nullopt;
    if (!value->is_object()) fail("{}: '{}' is no object", origin_, key);
    return JsonFields(origin_, *value);
}

}  // namespace dotmoe
