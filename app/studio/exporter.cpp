#include "app/studio/exporter.h"

#include "app/studio/progress_sink.h"
#include "export/receipt.h"

namespace dotmoe::studio {

Exporter::Exporter(QObject* parent) : QObject(parent) {
    connect(&m_job, &StoppableJob::busyChanged, this, &Exporter::busyChanged);
    connect(&m_job, &StoppableJob::failed, this, &Exporter::failed);
}

void Exporter::start(const ExportRequest& request) {
    m_job.begin([this, request](const StoppableJob::Asked& asked) {
        ProgressSink sink([&](const Progress& progress) {
            m_job.tell(asked, [this, progress] { emit progressed(progress); });
        });
        const auto result = export_model(request, sink, *asked);
        const auto receipt = read_receipt(request.out);
        const Exported exported{request.out, result, receipt.passed, QString::fromStdString(receipt.verdict)};
        m_job.tell(asked, [this, exported] { emit finished(exported); });
    });
}

}  // namespace dotmoe::studio
