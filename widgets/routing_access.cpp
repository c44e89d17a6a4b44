#include "widgets/routing_access.h"

namespace dotmoe {
namespace {

bool inRange(const RoutingSnapshot& routing, int layer, int token) {
    return layer >= 0 && layer < routing.layers && token >= 0 &&
           static_cast<std::size_t>(token) < routing.tokens.size() && routing.active > 0;
}

std::size_t firstChoice(const RoutingSnapshot& routing, int layer, int token) {
    return (static_cast<std::size_t>(layer) * routing.tokens.size() + static_cast<std::size_t>(token)) *
           static_cast<std::size_t>(routing.active);
}

}  // namespace

bool isConsistent(const RoutingSnapshot& routing) {
    if (routing.layers < 0 || routing.active < 0) return false;
    const std::size_t choices = static_cast<std::size_t>(routing.layers) * routing.tokens.size() *
                                static_cast<std::size_t>(routing.active);
    return routing.expert.size() == choices && routing.probability.size() == choices;
}

std::vector<Choice> choicesOf(const RoutingSnapshot& routing, int layer, int token) {
    if (!inRange(routing, layer, token)) return {};
    std::vector<Choice> choices;
    const std::size_t first = firstChoice(routing, layer, token);
    for (std::size_t i = first; i < first + static_cast<std::size_t>(routing.active); ++i) {
        choices.push_back({routing.expert[i], routing.probability[i]});
    }
    return choices;
}

Choice bestChoice(const RoutingSnapshot& routing, int layer, int token) {
    if (!inRange(routing, layer, token)) return {};
    const std::size_t first = firstChoice(routing, layer, token);
    return {routing.expert[first], routing.probability[first]};
}

QString printable(const std::string& token) {
    return readable(token).replace(u' ', u'·');
}

QString readable(const std::string& text) {
    QString shown = QString::fromStdString(text);
    for (QChar& character : shown) {
        switch (character.unicode()) {
            case '\n':
                character = u'⏎';
                break;
            case '\t':
                character = u'⇥';
                break;
            default:
                if (character.category() == QChar::Other_Control) character = QChar::ReplacementCharacter;
        }
    }
    return shown;
}

bool endsLine(const std::string& token) {
    return !token.empty() && token.back() == '\n';
}

}  // namespace dotmoe
