"""Words that fill the places of contract clauses, in both languages."""

from __future__ import annotations

from marketplace.domain.words import CertificateScheme, Stage

SILENT = {"vi": "theo phụ lục", "en": "as in the annex"}
COMMITMENT = {"vi": "bản cam kết sản xuất an toàn", "en": "a safety commitment"}
FORUM = {
    "court": {"vi": "Tòa án có thẩm quyền", "en": "the competent court"},
    "arbitration": {"vi": "Trọng tài thương mại", "en": "commercial arbitration"},
}
STAGES = {
    "vi": {
        Stage.INPUT: "cung ứng vật tư",
        Stage.PRODUCTION_HARVEST: "sản xuất và thu hoạch",
        Stage.PROCESSING: "sơ chế hoặc chế biến",
        Stage.CONSUMPTION: "tiêu thụ",
    },
    "en": {
        Stage.INPUT: "supply of inputs",
        Stage.PRODUCTION_HARVEST: "production and harvest",
        Stage.PROCESSING: "packing or processing",
        Stage.CONSUMPTION: "consumption",
    },
}
# The other schemes are called by their code.
SCHEMES = {
    "vi": {
        CertificateScheme.VIETGAP.value: "VietGAP",
        CertificateScheme.GLOBALGAP.value: "GlobalG.A.P.",
        CertificateScheme.ORGANIC_TCVN.value: "Hữu cơ TCVN",
        CertificateScheme.FOOD_SAFETY.value: "Cơ sở đủ điều kiện an toàn thực phẩm",
        CertificateScheme.SAFETY_COMMITMENT.value: "Bản cam kết sản xuất an toàn",
        CertificateScheme.ISO22000.value: "ISO 22000",
    },
    "en": {
        CertificateScheme.VIETGAP.value: "VietGAP",
        CertificateScheme.GLOBALGAP.value: "GlobalG.A.P.",
        CertificateScheme.ORGANIC_TCVN.value: "Organic TCVN",
        CertificateScheme.FOOD_SAFETY.value: "Food-safety eligible facility",
        CertificateScheme.SAFETY_COMMITMENT.value: "Safety commitment",
        CertificateScheme.ISO22000.value: "ISO 22000",
    },
}
