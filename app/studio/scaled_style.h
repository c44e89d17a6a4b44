// The style of the platform with all its lengths larger or smaller.
#pragma once

#include <QProxyStyle>

namespace dotmoe::studio {

/// Margins, check boxes, scroll bars and handles grow with the font, of which styles only follow some.
class ScaledStyle : public QProxyStyle {
    Q_OBJECT

  public:
    explicit ScaledStyle(int percent) : m_percent(percent) {}

    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;

  private:
    int m_percent;
    mutable bool m_within = false;  ///< a style asks for a length to work out another: it is scaled once
};

}  // namespace dotmoe::studio
