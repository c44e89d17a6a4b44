#include "support/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <sstream>

#include "base/error.h"

namespace dotmoe::probe {
namespace {

struct Entry {
    std::string usage;
    std::function<void(const Arguments&)> run;
    std::size_t arity() const { return usage.empty() ? 0 : std::ranges::count(usage, ' ') + 1; }
};

std::map<std::string, Entry>& commands() {
    static std::map<std::string, Entry> registered;
    return registered;
}

int run(const Arguments& arguments) {
    const auto found = arguments.empty() ? commands().end() : commands().find(arguments[0]);
    if (found == commands().end() || arguments.size() - 1 != found->second.arity()) {
        for (const auto& [name, entry] : commands())
            fmt::print(stderr, "usage: dotmoe_probe {} {}\n", name, entry.usage);
        return 2;
    }
    try {
        found->second.run({arguments.begin() + 1, arguments.end()});
    } catch (const Error& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return 1;
    }
    return 0;
}

}  // namespace

std::vector<std::int64_t> numbers(const std::string& line) {
    std::istringstream stream(line);
    return {std::istream_iterator<std::int64_t>(stream), {}};
}

Command::Command(std::string name, std::string usage, std::function<void(const Arguments&)> run) {
    commands().emplace(std::move(name), Entry{std::move(usage), std::move(run)});
}

}  // namespace dotmoe::probe

int main(int argc, char** argv) {
    return dotmoe::probe::run({argv + 1, argv + argc});
}
