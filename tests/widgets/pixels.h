// Looking at a widget as a person would: shown, grabbed, pixel by pixel.
#pragma once

#include <gtest/gtest.h>

#include <QImage>
#include <QMouseEvent>
#include <QPixmap>
#include <QTest>
#include <QWidget>
#include <cmath>

namespace dotmoe {

inline void show(QWidget& widget, QSize size) {
    widget.resize(size);
    widget.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&widget));
}

/// Device pixels of the whole widget, with their ratio.
inline QImage picture(QWidget& widget) {
    return widget.grab().toImage();
}

/// Colour in the middle of the logical pixel `at`.
inline QColor colourAt(const QImage& picture, QPointF at) {
    const double ratio = picture.devicePixelRatio();
    return picture.pixelColor(static_cast<int>(std::floor(at.x() * ratio)),
                              static_cast<int>(std::floor(at.y() * ratio)));
}

inline ::testing::AssertionResult similar(const QColor& seen, const QColor& wanted, int tolerance = 4) {
    const bool close = std::abs(seen.red() - wanted.red()) <= tolerance &&
                       std::abs(seen.green() - wanted.green()) <= tolerance &&
                       std::abs(seen.blue() - wanted.blue()) <= tolerance;
    if (close) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << "saw " << seen.name().toStdString() << ", wanted " << wanted.name().toStdString();
}

/// QTest::mouseMove moves the real cursor and hopes that the window system tells of it in time.
inline void moveMouse(QWidget& widget, QPointF at) {
    QMouseEvent move(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &move);
}

/// Whether a pen's colour is near a point of a curve; the line may be dashed, so some pixels to either side
/// count too.
inline bool isDrawn(const QImage& seen, QPointF at, const QColor& colour) {
    for (int dx = -4; dx <= 4; ++dx) {
        for (int dy = -2; dy <= 2; ++dy) {
            if (similar(colourAt(seen, at + QPointF(dx, dy)), colour, 30)) return true;
        }
    }
    return false;
}

inline QPalette darkPalette() {
    QPalette dark(QColor(45, 45, 48), QColor(37, 37, 38));
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
        dark.setColor(role, QColor(230, 230, 230));
    }
    dark.setColor(QPalette::Base, QColor(30, 30, 30));
    return dark;
}

}  // namespace dotmoe
