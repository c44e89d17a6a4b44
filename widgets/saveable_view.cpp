#include "widgets/saveable_view.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QWidget>

namespace dotmoe {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("dotmoe::SaveableView", text);
}

QByteArray png(SaveableView& view) {
    QImage image(view.pictureSize() * pictureScale, QImage::Format_RGB32);
    if (image.isNull()) return {};
    image.setDevicePixelRatio(pictureScale);
    image.fill(Qt::white);
    view.drawPicture(image);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray svg(SaveableView& view) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    const QSize size = view.pictureSize();
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect({0, 0}, size));
    generator.setResolution(96);  // of the logical pixels that fonts are measured in
    if (const auto* widget = dynamic_cast<QWidget*>(&view)) generator.setTitle(widget->accessibleName());
    view.drawPicture(generator);
    return bytes;
}

}  // namespace

void drawWidget(QWidget& widget, QPaintDevice& device) {
    QPainter painter(&device);  // the one that the widget's own will draw with: an SVG knows but one
    widget.render(&painter);
}

std::optional<QString> saveView(SaveableView& view, const QString& path) {
    const QString suffix = QFileInfo(path).suffix().toLower();
    QByteArray bytes;
    if (suffix == QLatin1String("png"))
        bytes = png(view);
    else if (suffix == QLatin1String("svg"))
        bytes = svg(view);
    else if (suffix == QLatin1String("csv"))
        bytes = toCsv(view.table());
    else
        return tr("%1: no such format; end the name in .png, .svg or .csv").arg(path);
    if (bytes.isEmpty()) return tr("%1: the picture is too large; make the view smaller").arg(path);
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit()) return {};
    return tr("%1: %2").arg(path, file.errorString());
}

}  // namespace dotmoe
