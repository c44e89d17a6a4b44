#include "widgets/colour_maps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

namespace dotmoe {
namespace {

// Every 17th of matplotlib's 256 entries.
constexpr std::array<QRgb, 16> viridis = {0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e,
                                          0x2a788e, 0x23888e, 0x1f988b, 0x22a884, 0x35b779, 0x54c568,
                                          0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725};
constexpr std::array<QRgb, 11> red_blue = {0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7,
                                           0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f};
constexpr std::array<QRgb, 11> berlin = {
    0x9eb0ff, 0x61a6df, 0x3280a6, 0x1f5169, 0x112732, 0x190c09,
    0x371000, 0x601f0b, 0x964a36, 0xc97a70, 0xffadad};  // of 256, interpolated

QRgb between(std::span<const QRgb> stops, double position) {
    const double place = std::clamp(position, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto lower = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    const double part = place - static_cast<double>(lower);
    const auto mix = [&](int (*channel)(QRgb)) {
        return static_cast<int>(
            std::lround((1 - part) * channel(stops[lower]) + part * channel(stops[lower + 1])));
    };
    return qRgb(mix(qRed), mix(qGreen), mix(qBlue));
}

double toLinear(double channel) {  // sRGB, IEC 61966-2-1
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double fromLinear(double channel) {
    return channel <= 0.0031308 ? 12.92 * channel : 1.055 * std::pow(channel, 1 / 2.4) - 0.055;
}

double luminance(const QColor& colour) {  // relative luminance of WCAG 2
    return 0.2126 * toLinear(colour.redF()) + 0.7152 * toLinear(colour.greenF()) +
           0.0722 * toLinear(colour.blueF());
}

// OKLab (Ottosson 2020) to linear sRGB.
std::array<double, 3> linearFromOklch(double lightness, double chroma, double hue) {
    const double a = chroma * std::cos(hue), b = chroma * std::sin(hue);
    const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

QColor fromOklch(double lightness, double chroma, double hue) {
    const auto inGamut = [](const std::array<double, 3>& rgb) {
        return std::ranges::all_of(rgb, [](double channel) { return channel >= 0 && channel <= 1; });
    };
    std::array<double, 3> rgb = linearFromOklch(lightness, chroma, hue);
    // Less chroma until the screen can show it: hue and lightness are what tells experts apart.
    for (; !inGamut(rgb) && chroma > 0.005; chroma -= 0.005) rgb = linearFromOklch(lightness, chroma, hue);
    const auto channel = [](double value) {
        return static_cast<float>(fromLinear(std::clamp(value, 0.0, 1.0)));
    };
    return QColor::fromRgbF(channel(rgb[0]), channel(rgb[1]), channel(rgb[2])).convertTo(QColor::Rgb).toRgb();
}

}  // namespace

bool isDark(const QPalette& palette) {
    return luminance(palette.color(QPalette::Window)) < luminance(palette.color(QPalette::WindowText));
}

QRgb sequentialColour(double value) {
    return between(viridis, std::isnan(value) ? 0 : value);
}

QRgb divergingColour(double value, bool dark) {
    const double position = std::isnan(value) ? 0.5 : (value + 1) / 2;
    return between(dark ? std::span(berlin) : std::span(red_blue), position);
}

QColor expertColour(int expert) {
    if (expert < 0) return {128, 128, 128};
    const auto along = [expert](double step, double from) { return std::fmod(from + step * expert, 1.0); };
    constexpr double plastic = 1.3247179572447460;
    const double hue = 2 * std::numbers::pi * along(1 / (plastic * plastic), 0);
    return fromOklch(0.54 + 0.32 * along(1 / plastic, 0.5), 0.15, hue);
}

double contrast(const QColor& one, const QColor& other) {
    const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
    return (lighter + 0.05) / (darker + 0.05);
}

QColor readableOn(const QColor& background) {
    return contrast(background, Qt::black) >= contrast(background, Qt::white) ? Qt::black : Qt::white;
}

}  // namespace dotmoe
