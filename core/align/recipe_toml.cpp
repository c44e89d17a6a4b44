// A recipe as a TOML file.
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <set>

#include "align/recipe_fields.h"
#include "base/error.h"
#include "base/files.h"

namespace dotmoe {
namespace {

/// One field of one TOML document, read as the kind of the C++ field.
class Reader {
  public:
    Reader(const toml::table& root, std::string_view origin) : root_(root), origin_(origin) {}

    template <typename T>
    void operator()(std::string_view table, std::string_view key, T& field, FieldRange) {
        known_.insert(dotted_key(table, key));
        const auto node = table.empty() ? root_[key] : root_[table][key];
        if (node) read(*node.node(), dotted_key(table, key), field);
    }

    void refuse_unknown_keys() const {
        root_.for_each([this](const toml::key& key, const auto& node) {
            if constexpr (toml::is_table<decltype(node)>)
                node.for_each([&](const toml::key& inner, const auto& value) {
                    refuse_unknown(dotted_key(key.str(), inner.str()), value);
                });
            else
                refuse_unknown(std::string(key.str()), node);
        });
    }

  private:
    void read(const toml::node& node, const std::string& name, std::string& field) {
        field = expect(node.value_exact<std::string>(), node, name, "a text");
    }
    void read(const toml::node& node, const std::string& name, std::int64_t& field) {
        field = expect(node.value_exact<std::int64_t>(), node, name, "a whole number");
    }
    void read(const toml::node& node, const std::string& name, std::uint64_t& field) {
        const auto value = expect(node.value_exact<std::int64_t>(), node, name, "a whole number");
        if (value < 0) refuse(node, name, "0 or more");
        field = static_cast<std::uint64_t>(value);
    }
    void read(const toml::node& node, const std::string& name, double& field) {
        field = expect(node.value<double>(), node, name, "a number");
    }
    void read(const toml::node& node, const std::string& name, bool& field) {
        field = expect(node.value_exact<bool>(), node, name, "true or false");
    }
    template <Enumeration E>
    void read(const toml::node& node, const std::string& name, E& field) {
        const auto text = expect(node.value_exact<std::string>(), node, name, "a text");
        field = expect(value_named<E>(text), node, name,
                       fmt::format("\"{}\"", fmt::join(value_names<E>, "\" or \"")));
    }
    void read(const toml::node& node, const std::string& name, std::vector<NeuronPlace>& field) {
        constexpr auto wanted = "a list of { layer = 0, neuron = 0, expert = 0 }";
        const auto* list = node.as_array();
        if (!list) refuse(node, name, wanted);
        field.clear();
        for (const auto& entry : *list) {
            const auto* table = entry.as_table();
            if (!table || table->size() != 3) refuse(entry, name, wanted);
            const auto number = [&](std::string_view key) {
                return expect((*table)[key].value_exact<std::int64_t>(), entry, name, wanted);
            };
            field.push_back({number("layer"), number("neuron"), number("expert")});
        }
    }

    template <typename T>
    T expect(std::optional<T> value, const toml::node& node, const std::string& name,
             std::string_view kind) const {
        if (!value) refuse(node, name, kind);
        return *value;
    }
    [[noreturn]] void refuse(const toml::node& node, const std::string& name, std::string_view wanted) const {
        fail_usage("{}:{}: {} must be {}", origin_, node.source().begin.line, name, wanted);
    }
    void refuse_unknown(const std::string& name, const toml::node& node) const {
        if (!known_.contains(name))
            fail_usage("{}:{}: recipe key '{}' is unknown; remove it or mend its spelling", origin_,
                       node.source().begin.line, name);
    }

    const toml::table& root_;
    std::string_view origin_;
    std::set<std::string> known_;
};

std::string toml_value(const std::string& value) {
    return fmt::format("\"{}\"", value);
}
template <Enumeration E>
std::string toml_value(E value) {
    return fmt::format("\"{}\"", name_in(value));
}
std::string toml_value(const std::vector<NeuronPlace>& places) {
    std::string text;
    for (const auto& [layer, neuron, expert] : places)
        text += fmt::format("{}{{ layer = {}, neuron = {}, expert = {} }}", text.empty() ? "" : ", ", layer,
                            neuron, expert);
    return fmt::format("[{}]", text);
}
std::string toml_value(double value) {
    auto text = fmt::format("{}", value);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}
template <std::integral T>
std::string toml_value(T value) {
    return fmt::format("{}", value);
}

}  // namespace

Recipe parse_recipe(std::string_view text, std::string_view origin, Recipe recipe) {
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        fail_usage("{}:{}: not valid TOML: {}", origin, error.source().begin.line, error.description());
    }
    Reader reader(root, origin);
    for_each_recipe_field(recipe, reader);
    reader.refuse_unknown_keys();
    try {
        check_recipe(recipe);
    } catch (const UsageError& error) {
        fail_usage("{}: {}", origin, error.what());
    }
    return recipe;
}

Recipe load_recipe(const std::filesystem::path& path) {
    return parse_recipe(read_text_file(path), path.string());
}

std::string to_toml(const Recipe& recipe) {
    std::string text, open_table;
    for_each_recipe_field(recipe,
                          [&](std::string_view table, std::string_view key, const auto& field, FieldRange) {
                              if (table != open_table) {
                                  text += fmt::format("\n[{}]\n", table);
                                  open_table = table;
                              }
                              text += fmt::format("{} = {}\n", key, toml_value(field));
                          });
    return text;
}

}  // namespace dotmoe
