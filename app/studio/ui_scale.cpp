#include "app/studio/ui_scale.h"

#include <QApplication>
#include <QFont>
#include <QFontInfo>
#include <QSettings>
#include <algorithm>
#include <array>
#include <utility>

#include "app/studio/scaled_style.h"

namespace dotmoe::studio {
namespace {

constexpr std::array steps{UiScale::least, 90, 100, 110, 125, 150, 175, UiScale::most};
const auto key = QStringLiteral("uiScale");

const QFont& first_font() {
    static const QFont font = QApplication::font();
    return font;
}

void apply(int percent) {
    auto font = first_font();
    font.setPointSizeF(QFontInfo(first_font()).pointSizeF() * percent / 100);
    QApplication::setStyle(new ScaledStyle(percent));
    QApplication::setFont(font);
}

}  // namespace

UiScale::UiScale(QObject* parent) : QObject(parent) {
    m_percent = std::clamp(QSettings().value(key, 100).toInt(), least, most);
    apply(m_percent);
}

void UiScale::show(int percent) {
    const int before = std::exchange(m_percent, std::clamp(percent, least, most));
    apply(m_percent);
    if (m_percent != before) emit changed(m_percent, before);
}

void UiScale::set(int percent) {
    show(percent);
    QSettings().setValue(key, m_percent);
}

void UiScale::zoom(int by) {
    if (by > 0) {
        const auto* next = std::ranges::upper_bound(steps, m_percent);
        return set(next == steps.end() ? most : *next);
    }
    const auto* next = std::ranges::lower_bound(steps, m_percent);
    set(next == steps.begin() ? least : *std::prev(next));
}

}  // namespace dotmoe::studio
